/** A small client and server of HTTP/1.1 and WebSocket, in sequential code on Netty's codecs. */
@NullMarked
package dev.skein.net.http;

import org.jspecify.annotations.NullMarked;
