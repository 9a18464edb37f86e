/* Servers on epoll alone: epoll echo|lines. No library and no object per connection but what was not yet read or written. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ = 65536, EVENTS = 256 };

struct conn {
    int fd;
    int wants_write;
    size_t rest;    /* bytes of a line whose end has not come, at the start of line */
    size_t unsent;  /* bytes that the socket had no room for */
    char *line;
    char *out;
};

static int epoll, by_lines;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void watch(struct conn *c, int op, unsigned events) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    if (epoll_ctl(epoll, op, c->fd, &e) < 0) die("epoll_ctl");
}

static void end(struct conn *c) {
    close(c->fd);
    free(c->line);
    free(c->out);
    free(c);
}

/* Sends, and keeps what the socket does not take; reading stops until that is gone. */
static int send_all(struct conn *c, const char *data, size_t n) {
    ssize_t sent = send(c->fd, data, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return -1;
    if (sent < 0) sent = 0;
    if ((size_t)sent < n) {
        char *kept = malloc(n - sent);
        memcpy(kept, data + sent, n - sent);
        free(c->out);
        c->out = kept;
        c->unsent = n - sent;
        if (!c->wants_write) watch(c, EPOLL_CTL_MOD, EPOLLOUT);
        c->wants_write = 1;
    }
    return 0;
}

static int on_writable(struct conn *c) {
    char *out = c->out;
    size_t n = c->unsent;
    c->out = NULL;
    c->unsent = 0;
    int failed = send_all(c, out, n);
    free(out);
    if (!failed && c->unsent == 0) {
        c->wants_write = 0;
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
    }
    return failed;
}

static int on_lines(struct conn *c, const char *data, size_t n) {
    static char answers[2 * READ];
    size_t length = 0;
    if (c->rest + n > READ) return -1;
    memcpy(c->line + c->rest, data, n);
    char *from = c->line, *to = c->line + c->rest + n, *eol;
    while ((eol = memchr(from, '\n', to - from))) {
        memcpy(answers + length, from, eol + 1 - from);
        length += eol + 1 - from;
        from = eol + 1;
    }
    c->rest = to - from;
    memmove(c->line, from, c->rest);
    return length ? send_all(c, answers, length) : 0;
}

static int on_readable(struct conn *c) {
    static char data[READ];
    ssize_t n = recv(c->fd, data, by_lines ? READ - c->rest : READ, 0);
    if (n <= 0) return n < 0 && errno == EAGAIN ? 0 : -1;
    return by_lines ? on_lines(c, data, n) : send_all(c, data, n);
}

static void on_connect(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), one = 1;
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct conn *c = calloc(1, sizeof *c);
    c->fd = fd;
    if (by_lines) c->line = malloc(READ);
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

int main(int argc, char **argv) {
    by_lines = argc > 1 && !strcmp(argv[1], "lines");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct conn listener = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)}, parent = {.fd = 0};
    if (bind(listener.fd, (struct sockaddr *)&address, size) < 0 || listen(listener.fd, 4096) < 0) die("listen");
    getsockname(listener.fd, (struct sockaddr *)&address, &size);
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    epoll = epoll_create1(0);
    watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
    watch(&parent, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct conn *c = events[i].data.ptr;
            if (c == &parent) return 0;
            if (c == &listener) on_connect(c->fd);
            else if ((events[i].events & EPOLLOUT ? on_writable(c) : on_readable(c)) < 0) end(c);
        }
    }
}
