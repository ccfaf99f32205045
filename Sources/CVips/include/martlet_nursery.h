#ifndef MARTLET_NURSERY_H
#define MARTLET_NURSERY_H

#include <stddef.h>

// A nursery is a process that has the libraries of decoders loaded and touches no picture itself: for each order it forks, which takes a
// thousandth of the time of starting a program and loading a hundred libraries.

/// Loads what decoders need. 0 on success.
int martlet_nursery_prepare(void);

/// Waits for orders from the socket and forks for each. Returns 1 in each process that is to obey one, its words (each ended by a zero) in
/// `words` and what it reads and writes in place of its standard input and output; 0 in the nursery itself once nobody orders any more, or
/// for so many seconds.
int martlet_nursery_serve(int socket, char *words, size_t capacity, size_t *count, int idle_seconds);

/// Gives an order to the nursery at the other end of the socket and waits until it is done. The process's status as `waitpid` has it; -1 where
/// there is no nursery.
int martlet_nursery_order(int socket, const char *words, size_t count, int input, int output);

#endif
