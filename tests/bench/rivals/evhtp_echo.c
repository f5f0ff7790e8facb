// SPDX-License-Identifier: Apache-2.0
// The floor under any server on libevhtp: one thread, a constant answer, nothing looked at.
//     evhtp_echo PORT
#include <evhtp/evhtp.h>
#include <event2/thread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char kAnswer[] = "{\"devicePhoneNumberVerified\":true}";

static void answer(evhtp_request_t* request, void* unused) {
    (void)unused;
    evbuffer_add_reference(request->buffer_out, kAnswer, sizeof kAnswer - 1, NULL, NULL);
    evhtp_headers_add_header(
        request->headers_out, evhtp_header_new("Content-Type", "application/json", 0, 0)
    );
    evhtp_send_reply(request, EVHTP_RES_OK);
}

int main(int count, char** words) {
    const int port = count == 2 ? atoi(words[1]) : 0;
    if (port < 1 || port > 65535) {
        fprintf(stderr, "usage: evhtp_echo PORT\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    evthread_use_pthreads();
    struct event_base* base = event_base_new();
    evhtp_t* server = evhtp_new(base, NULL);
    evhtp_enable_flag(server, EVHTP_FLAG_ENABLE_NODELAY);
    evhtp_set_gencb(server, answer, NULL);
    if (evhtp_bind_socket(server, "127.0.0.1", (uint16_t)port, 1024) != 0) {
        fprintf(stderr, "evhtp_echo: port %d cannot be bound\n", port);
        return 1;
    }
    return event_base_loop(base, 0) == 0 ? 0 : 1;
}
