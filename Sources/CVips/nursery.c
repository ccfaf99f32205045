#define _GNU_SOURCE
#include "martlet_nursery.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { descriptor_count = 2 };

union control {
    char bytes[CMSG_SPACE(descriptor_count * sizeof(int))];
    struct cmsghdr aligned;
};

/// The next order; the number of bytes of its words, 0 where the socket has ended.
static size_t receive(int socket, char *words, size_t capacity, int descriptors[descriptor_count]) {
    union control control;
    struct iovec part = {words, capacity};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t count;
    do count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (count < 0 && errno == EINTR);
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (count <= 0 || head == NULL || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(descriptor_count * sizeof(int))) return 0;
    memcpy(descriptors, CMSG_DATA(head), descriptor_count * sizeof(int));
    return (size_t)count;
}

int martlet_nursery_serve(int socket, char *words, size_t capacity, size_t *count, int idle_seconds) {
    for (;;) {
        struct pollfd wait = {.fd = socket, .events = POLLIN};
        int ready = poll(&wait, 1, idle_seconds * 1000);
        if (ready < 0 && errno == EINTR) continue;
        int descriptors[descriptor_count];
        if (ready <= 0 || (*count = receive(socket, words, capacity, descriptors)) == 0) return 0;
        pid_t process = fork();
        if (process == 0) {
            if (dup2(descriptors[0], STDIN_FILENO) < 0 || dup2(descriptors[1], STDOUT_FILENO) < 0) _exit(1);
            // The socket and the descriptors themselves are closed with all others, before anything is read.
            return 1;
        }
        for (int index = 0; index < descriptor_count; index++) close(descriptors[index]);
        int status = -1;
        if (process > 0)
            while (waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
        if (process < 0 || send(socket, &status, sizeof status, MSG_NOSIGNAL) != (ssize_t)sizeof status) return 0;
    }
}

int martlet_nursery_order(int socket, const char *words, size_t count, int input, int output) {
    union control control = {0};
    struct iovec part = {(void *)words, count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(descriptor_count * sizeof(int));
    int descriptors[descriptor_count] = {input, output};
    memcpy(CMSG_DATA(head), descriptors, sizeof descriptors);
    ssize_t sent;
    do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)count) return -1;
    int status;
    ssize_t got;
    do got = recv(socket, &status, sizeof status, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof status ? status : -1;
}
