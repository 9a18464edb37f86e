/** Streams, servers, datagrams and messages over the loop's channels. */
/*
 * The map. Each type stands on a floor, and uses those of its own floor and of the floors below; FloorsTest reads this table
 * and holds it.
 *
 * 4 entry
 *   Streams                  the functions for connections, servers and datagrams
 *
 * 3 connecting, serving, datagrams, processes
 *   ConnectOptions           how a connection is opened
 *   Connector                opens one: looks names up, tries addresses
 *   ConnectAttempt           one address that is tried
 *   ServerOptions            how a server is made
 *   Server                   listens, and calls a handler with each connection
 *   ServerLoop               its connections on one loop, and a task for each
 *   Listeners                its listening sockets
 *   Acceptor                 when they accept
 *   ServerSockets            how those of TCP are made
 *   UnixListener             how those of Unix are
 *   SocketFile               the file that such a one listens on
 *   ConnectionProtocol       what a server does with each channel
 *   StreamProtocol           as streams
 *   MessageProtocol          as messages
 *   ConnectionHandler        the user's, for streams
 *   MessagesHandler          the user's, for messages
 *   DatagramOptions          how a datagram endpoint is opened
 *   DatagramOpener           opens one
 *   DatagramSocketChannel    its channel
 *   DatagramEndpoint         receives and sends datagrams
 *   Datagram                 one of them
 *   Subprocesses             the functions for processes
 *   SubprocessOptions        how a process is started
 *   Subprocess               a process and its pipes
 *   PipeReader               carries its output into a reader
 *   StandardInput            carries this JVM's standard input into a reader
 *   PipeWriter               carries what is written to its input
 *
 * 2 connections
 *   Connection               a reader and a writer
 *   StreamEndpoint           the end of its pipeline
 *   StreamReader             the bytes that come
 *   LineIterator             as lines
 *   StreamWriter             the bytes that go
 *   Sink                     where they go
 *   CoalescingWriter         gathers them, and writes at the end of the pass
 *   FileSender               one sendFile
 *   Messages                 a connection whose bytes are messages
 *   MessageEndpoint          the end of its pipeline
 *   Inbox                    the messages that came
 *   InboundSide              what a reader and an inbox have in common: waiting and pausing
 *   PassQueue                what waits for the loop's own thread to write it
 *   QueuedWrite              one such write
 *   ConnectionEndpoint       what both ends of pipelines have in common: how the connection stands
 *   ConnectionLostException  thrown by calls on one that was lost
 *   ConnectionObserver       what its server hears of
 *   WaitingWriters           the coroutines that wait to write
 *   ConnectionTimeouts       how long the peer may take
 *   Tls                      the handshake and the end of TLS
 *   TlsInput                 tells codecs of that end
 *   TlsSession               what the sides have agreed on
 *   HandshakeFailure         why they have not
 *
 * 1 ground: bytes, addresses, options of Netty's
 *   ReadBuffer               what has come and was not read
 *   LineScanner              where a line ends in it
 *   SeparatorSearch          where a separator does
 *   LimitOverrunException    it is longer than the limit
 *   IncompleteReadException  the stream has ended before
 *   Dns                      looks names of hosts up
 *   LoopResolvers            with Netty's resolver, one for each loop
 *   AddressText              addresses as people write them
 *   DurationText             durations as people say them
 *   UnixAddress              addresses of Unix sockets
 *   ChannelFailure           what Netty's channels fail by
 *   NettyOptions             options of Netty's, tried before they are used
 *   HalfClosure              keeps a channel open whose peer has ended its side
 *   TlsOptions               how to encrypt
 *   TlsEngines               Netty's handlers for that
 */
@NullMarked
package dev.skein.net;

import org.jspecify.annotations.NullMarked;
