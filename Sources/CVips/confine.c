#define _GNU_SOURCE
#include "martlet_thumbnail.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

static int limit(int resource, rlim_t value) {
    struct rlimit limits = {value, value};
    return setrlimit(resource, &limits);
}

static int memory_counts = -1;
static long maximum_pages;

/// Ends the process where it holds too much: the system has no limit of its own for that, and memory that was only asked for costs nothing.
static void look_at_memory(int signal) {
    (void)signal;
    char text[128];
    ssize_t count = pread(memory_counts, text, sizeof text - 1, 0);
    if (count <= 0) return;
    text[count] = 0;
    // The second number is that of resident pages.
    const char *place = text;
    while (*place >= '0' && *place <= '9') place++;
    long pages = 0;
    for (place++; *place >= '0' && *place <= '9'; place++) pages = pages * 10 + (*place - '0');
    if (pages > maximum_pages) _exit(MARTLET_THUMBNAIL_TOO_LARGE);
}

static int watch_memory(long bytes) {
    maximum_pages = bytes / sysconf(_SC_PAGESIZE);
    memory_counts = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (memory_counts < 0) return -1;
    struct sigaction action = {.sa_handler = look_at_memory, .sa_flags = SA_RESTART};
    if (sigaction(SIGPROF, &action, NULL) != 0) return -1;
    // Of processor time, since memory does not grow without.
    struct itimerval interval = {{0, 1000}, {0, 1000}};
    return setitimer(ITIMER_PROF, &interval, NULL);
}

int martlet_confine(const struct martlet_confinement *confinement) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    close_range(3, ~0U, 0);
    alarm(confinement->wall_seconds);
    return watch_memory(confinement->resident_bytes) | limit(RLIMIT_CORE, 0) | limit(RLIMIT_CPU, confinement->cpu_seconds)
        | limit(RLIMIT_FSIZE, (rlim_t)confinement->output_bytes) | limit(RLIMIT_AS, (rlim_t)confinement->address_space_bytes)
        | limit(RLIMIT_NOFILE, 64);
}
