// A load generator for Matrix homeservers: one thread, epoll, plain HTTP/1.1 on the loopback address.
//
//   load send PORT SECONDS            standard input: one line "ROOM TOKEN" per client
//   load deliver PORT SECONDS RATE    standard input: "ROOM TOKEN" of the sender, then "SINCE TOKEN" per syncing client
//   load burst PORT SECONDS COUNT     the same input
//   load fill PORT SECONDS COUNT      the same input as for send
//
// send:    each client sends messages one after the other, as fast as it is answered.
// deliver: the sender sends RATE messages a second (0: none); each other client long-polls /sync. A message carries the
//          time it was sent at, so each sync response shows how long the delivery took.
// burst:   as deliver, but the sender sends COUNT messages, each as soon as the one before is answered, and the run ends
//          when every other client has got them all, or SECONDS after the first. Prints "begin" when the first is sent.
// fill:    as send, but ends after COUNT messages, whose words differ, or after SECONDS.
//
// LOAD_PRESENCE is what /sync says of the client ("offline" otherwise); LOAD_WARM_UP the milliseconds in which deliver and
// burst let the clients begin to wait.
//
// Prints one line of JSON: counts and latencies in microseconds.
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FIELD = 1024, LAST_MOMENT_MICROSECONDS = 500000, TIMEOUT_MILLISECONDS = 30000, WORDS = 5000 };
enum Mode { SEND, DELIVER, BURST, FILL, MODES };
static const char *mode_names[MODES] = {"send", "deliver", "burst", "fill"};

typedef struct {
  int fd;
  int syncs;                  // whether this client long-polls rather than sends
  int busy;                   // whether a request is under way
  char target[MAX_FIELD];     // the room's path, or the sync token
  char token[MAX_FIELD];
  char *out;
  size_t out_length, out_sent, out_capacity;
  char *in;
  size_t in_length, in_capacity;
  long started;
  long delivered;             // how many messages of a burst have come
} Client;

typedef struct {
  unsigned *values;
  size_t count, capacity;
} Samples;

static const char *filler =
    "The quick brown fox jumps over the lazy dog; the swift martlet never lands, and sends this text again.";

static int port;
static int epoll;
static long begin, end;
static long sent_requests, failed_answers, sync_answers, transaction;
static Samples answer_times, delivery_times;
static enum Mode mode;
static int delivering;                 // whether all clients but the first long-poll
static long count_wanted;              // messages of a burst, or of a fill
static size_t clients_served;          // how many have the whole burst
static long last_delivery;
static const char *presence = "offline";
static long warm_up_microseconds = 500000;

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000L + time.tv_nsec / 1000;
}

static void fail(const char *what) {
  perror(what);
  exit(2);
}

static void add(Samples *samples, long value) {
  if (samples->count == samples->capacity) {
    samples->capacity = samples->capacity ? samples->capacity * 2 : 4096;
    samples->values = realloc(samples->values, samples->capacity * sizeof(unsigned));
    if (samples->values == NULL) fail("realloc");
  }
  samples->values[samples->count++] = value < 0 ? 0 : (unsigned)value;
}

static void connect_client(Client *client) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  client->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (client->fd < 0) fail("socket");
  if (connect(client->fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
  int one = 1;
  setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(client->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0) fail("epoll_ctl");
}

static void flush(Client *client) {
  while (client->out_sent < client->out_length) {
    ssize_t written = write(client->fd, client->out + client->out_sent, client->out_length - client->out_sent);
    if (written < 0) {
      if (errno != EAGAIN) fail("write");
      struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = client};
      epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event);
      return;
    }
    client->out_sent += (size_t)written;
  }
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
  epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event);
}

static void percent_encode(const char *text, char *result, size_t capacity) {
  size_t length = 0;
  for (; *text && length + 4 < capacity; text++) {
    if (isalnum((unsigned char)*text) || strchr("-._~", *text)) {
      result[length++] = *text;
    } else {
      length += (size_t)snprintf(result + length, capacity - length, "%%%02X", (unsigned char)*text);
    }
  }
  result[length] = 0;
}

static void begin_request(Client *client) {
  char path[MAX_FIELD * 4], encoded[MAX_FIELD * 3], body[MAX_FIELD];
  int body_length = 0;
  percent_encode(client->target, encoded, sizeof encoded);
  client->started = now();
  if (client->syncs) {
    // The timeline is long enough that no message of a burst is left out.
    snprintf(path, sizeof path, "GET /_matrix/client/v3/sync?timeout=%d&set_presence=%s%s&since=%s", TIMEOUT_MILLISECONDS, presence,
             mode == BURST ? "&filter=%7B%22room%22%3A%7B%22timeline%22%3A%7B%22limit%22%3A100%7D%7D%7D" : "", encoded);
  } else {
    snprintf(path, sizeof path, "PUT /_matrix/client/v3/rooms/%s/send/m.room.message/%ld.%d.%ld", encoded, begin, getpid(),
             transaction++);
    if (mode == FILL) {
      body_length = snprintf(body, sizeof body, "{\"msgtype\":\"m.text\",\"body\":\"Message %ld about w%ld and w%ld\"}", sent_requests,
                             random() % WORDS, random() % WORDS);
    } else {
      body_length = snprintf(body, sizeof body, "{\"msgtype\":\"m.text\",\"body\":\"%s\",\"sent_us\":%ld}", filler, client->started);
    }
    sent_requests++;
  }
  if (client->out_capacity == 0) {
    client->out_capacity = sizeof path + sizeof body + MAX_FIELD * 2;
    client->out = malloc(client->out_capacity);
    if (client->out == NULL) fail("malloc");
  }
  int length = snprintf(client->out, client->out_capacity,
                        "%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                        "Content-Length: %d\r\n\r\n%.*s",
                        path, port, client->token, body_length, body_length, body);
  client->out_length = (size_t)length;
  client->out_sent = 0;
  client->in_length = 0;
  client->busy = 1;
  flush(client);
}

static void finish_request(Client *client, int status, const char *body) {
  long time = now();
  client->busy = 0;
  if (status != 200) {
    if (failed_answers++ == 0) fprintf(stderr, "status %d: %.300s\n", status, body);
    if (failed_answers > 1000) exit(3);
  } else if (client->syncs) {
    sync_answers++;
    for (const char *mark = body; (mark = strstr(mark, "\"sent_us\":")) != NULL;) {
      mark += strlen("\"sent_us\":");
      long sent = atol(mark);
      if (sent < begin) continue;
      add(&delivery_times, time - sent);
      if (++client->delivered == count_wanted) clients_served++;
      last_delivery = time;
    }
    const char *batch = strstr(body, "\"next_batch\":\"");
    if (batch != NULL) {
      batch += strlen("\"next_batch\":\"");
      size_t length = strcspn(batch, "\"");
      if (length >= MAX_FIELD) exit(3);
      memcpy(client->target, batch, length);
      client->target[length] = 0;
    }
  } else if (client->started >= begin) {
    add(&answer_times, time - client->started);
  }
  if (time >= end) return;
  if (client->syncs || mode == SEND || (mode != DELIVER && sent_requests < count_wanted)) begin_request(client);
}

// Joins the chunks of a chunked body in place; -1 while it is incomplete.
static long join_chunks(char *body, size_t available, int write) {
  size_t place = 0, length = 0;
  for (;;) {
    char *line_end = memmem(body + place, available - place, "\r\n", 2);
    if (line_end == NULL) return -1;
    size_t size = strtoul(body + place, NULL, 16);
    place = (size_t)(line_end - body) + 2;
    if (place + size + 2 > available) return -1;
    if (write) memmove(body + length, body + place, size);
    length += size;
    place += size + 2;
    if (size == 0) return (long)length;
  }
}

// Hands a complete answer on.
static void take_answer(Client *client) {
  client->in[client->in_length] = 0;
  char *body = strstr(client->in, "\r\n\r\n");
  if (body == NULL) return;
  body += 4;
  size_t available = client->in_length - (size_t)(body - client->in);
  int status = atoi(client->in + strlen("HTTP/1.1 "));
  char *header = strcasestr(client->in, "\r\ncontent-length:");
  if (header != NULL && header < body) {
    if (available < strtoul(header + strlen("\r\ncontent-length:"), NULL, 10)) return;
  } else {
    header = strcasestr(client->in, "\r\ntransfer-encoding: chunked");
    if (header == NULL || header > body) {
      fprintf(stderr, "an answer of unknown length: %.200s\n", client->in);
      exit(3);
    }
    if (join_chunks(body, available, 0) < 0) return;
    body[join_chunks(body, available, 1)] = 0;
  }
  finish_request(client, status, body);
}

static void read_answer(Client *client) {
  for (;;) {
    if (client->in_capacity - client->in_length < 4096) {
      client->in_capacity = client->in_capacity ? client->in_capacity * 2 : 8192;
      client->in = realloc(client->in, client->in_capacity);
      if (client->in == NULL) fail("realloc");
    }
    ssize_t count = read(client->fd, client->in + client->in_length, client->in_capacity - client->in_length - 1);
    if (count > 0) {
      client->in_length += (size_t)count;
      continue;
    }
    if (count < 0 && errno == EAGAIN) break;
    if (now() >= end) return;
    fprintf(stderr, "the server closed a connection\n");
    exit(3);
  }
  if (client->busy) take_answer(client);
}

static int ascending(const void *one, const void *other) {
  unsigned a = *(const unsigned *)one, b = *(const unsigned *)other;
  return (a > b) - (a < b);
}

static unsigned percentile(const Samples *sorted, double part) {
  if (sorted->count == 0) return 0;
  return sorted->values[(size_t)(part * (double)(sorted->count - 1))];
}

static void print_samples(const char *name, Samples *samples) {
  qsort(samples->values, samples->count, sizeof(unsigned), ascending);
  printf(", \"%s\": {\"count\": %zu, \"p50\": %u, \"p90\": %u, \"p99\": %u, \"max\": %u}", name, samples->count,
         percentile(samples, 0.5), percentile(samples, 0.9), percentile(samples, 0.99), percentile(samples, 1));
}

int main(int count, char **arguments) {
  mode = MODES;
  for (int candidate = 0; count > 1 && candidate < MODES; candidate++) {
    if (strcmp(arguments[1], mode_names[candidate]) == 0) mode = (enum Mode)candidate;
  }
  if (mode == MODES || count != (mode == SEND ? 4 : 5)) {
    fprintf(stderr, "usage: load send PORT SECONDS | load deliver PORT SECONDS RATE | load burst|fill PORT SECONDS COUNT\n");
    return 2;
  }
  delivering = mode == DELIVER || mode == BURST;
  if (mode == BURST || mode == FILL) count_wanted = atol(arguments[4]);
  if (getenv("LOAD_PRESENCE") != NULL) presence = getenv("LOAD_PRESENCE");
  if (getenv("LOAD_WARM_UP") != NULL) warm_up_microseconds = atol(getenv("LOAD_WARM_UP")) * 1000;
  port = atoi(arguments[2]);
  double seconds = atof(arguments[3]), rate = mode == DELIVER ? atof(arguments[4]) : 0;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  epoll = epoll_create1(0);

  size_t clients_count = 0, capacity = 65536;
  Client *clients = calloc(capacity, sizeof(Client));
  if (clients == NULL) fail("calloc");
  while (clients_count < capacity &&
         scanf("%1023s %1023s", clients[clients_count].target, clients[clients_count].token) == 2) {
    clients[clients_count].syncs = delivering && clients_count > 0;
    connect_client(&clients[clients_count++]);
  }
  if (clients_count == 0) return 2;

  begin = now() + (delivering ? warm_up_microseconds : 0);
  end = begin + (long)(seconds * 1e6);
  // After the end the last messages still have a moment to arrive.
  long stop = end + (delivering ? LAST_MOMENT_MICROSECONDS : 5 * LAST_MOMENT_MICROSECONDS);
  for (size_t index = delivering ? 1 : 0; index < clients_count; index++) begin_request(&clients[index]);
  long due = begin;
  int is_begun = 0;
  for (;;) {
    long time = now();
    if (time >= stop) break;
    if (mode == BURST && !is_begun && time >= begin) {
      is_begun = 1;
      printf("begin\n");
      fflush(stdout);
      if (count_wanted > 0) begin_request(&clients[0]);
    }
    if (mode == BURST && clients_served == clients_count - 1) break;
    if (!delivering && (time >= end || (mode == FILL && sent_requests >= count_wanted))) {
      int busy = 0;
      for (size_t index = 0; index < clients_count; index++) busy |= clients[index].busy;
      if (!busy) break;
    }
    if (rate > 0 && time >= due && time < end && !clients[0].busy) {
      begin_request(&clients[0]);
      due = due + (long)(1e6 / rate) > time ? due + (long)(1e6 / rate) : time;
    }
    long next = rate > 0 && due > time && due < stop ? due : mode == BURST && !is_begun ? begin : stop;
    int wait = (int)((next - time + 999) / 1000);
    struct epoll_event events[256];
    int ready = epoll_wait(epoll, events, 256, wait > 100 ? 100 : wait);
    for (int index = 0; index < ready; index++) {
      Client *client = events[index].data.ptr;
      if (events[index].events & EPOLLOUT) flush(client);
      if (events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_answer(client);
    }
  }
  double measured = (double)((now() < end ? now() : end) - begin) / 1e6;
  if (mode == BURST) measured = (double)(last_delivery - begin) / 1e6;
  printf("{\"clients\": %zu, \"seconds\": %.3f, \"requests\": %ld, \"failed\": %ld, \"sync_answers\": %ld", clients_count,
         measured, sent_requests, failed_answers, sync_answers);
  print_samples("answers", &answer_times);
  print_samples("deliveries", &delivery_times);
  printf("}\n");
  return failed_answers > 0 ? 1 : 0;
}
