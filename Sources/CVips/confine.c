#define _GNU_SOURCE
#include "martlet_thumbnail.h"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int limit(int resource, rlim_t value) {
    struct rlimit limits = {value, value};
    return setrlimit(resource, &limits);
}

int martlet_confine(const struct martlet_confinement *confinement) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0);
    close_range(3, ~0U, 0);
    alarm(confinement->wall_seconds);
    return limit(RLIMIT_CORE, 0) | limit(RLIMIT_CPU, confinement->cpu_seconds) | limit(RLIMIT_FSIZE, (rlim_t)confinement->output_bytes)
        | limit(RLIMIT_AS, (rlim_t)confinement->address_space_bytes) | limit(RLIMIT_NOFILE, 64);
}
