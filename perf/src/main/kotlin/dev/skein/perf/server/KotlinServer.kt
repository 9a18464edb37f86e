package dev.skein.perf.server

import io.ktor.network.selector.SelectorManager
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.aSocket
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.network.sockets.port
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.routing
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.ByteWriteChannel
import io.ktor.utils.io.availableForRead
import io.ktor.utils.io.copyTo
import io.ktor.utils.io.readLine
import io.ktor.utils.io.writeByte
import io.ktor.utils.io.writeString
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/**
 * Servers on kotlinx.coroutines: Ktor's sockets with a coroutine for each connection, and Ktor's own server of HTTP.
 *
 * They run on [Dispatchers.IO], as Ktor's sockets themselves do whatever the caller's dispatcher is: another one would
 * pass each request from thread to thread. Ktor sets TCP_NODELAY on what it accepts.
 */
internal object KotlinServer {
    private const val HOST = "127.0.0.1"
    private const val BACKLOG = 4_096

    @JvmStatic
    fun start(service: Service): InetSocketAddress {
        val port = when (service) {
            Service.ECHO -> listen { input, output -> input.copyTo(output) }
            Service.LINES -> listen(::lines)
            Service.CHAT -> listen(KotlinRoom()::chat)
            Service.HTTP -> startHttp()
            Service.TLS -> throw service.missing()
        }
        return InetSocketAddress(InetAddress.getLoopbackAddress(), port)
    }

    private fun listen(body: suspend (ByteReadChannel, ByteWriteChannel) -> Unit): Int = runBlocking {
        val listener = aSocket(SelectorManager(Dispatchers.IO)).tcp().bind(HOST, 0) { backlogSize = BACKLOG }
        CoroutineScope(Dispatchers.IO).launch {
            while (true) {
                val socket = listener.accept()
                launch { serve(socket, body) }
            }
        }
        listener.port
    }

    private suspend fun serve(connection: Socket, body: suspend (ByteReadChannel, ByteWriteChannel) -> Unit) {
        connection.use { socket ->
            try {
                body(socket.openReadChannel(), socket.openWriteChannel())
            } catch (_: IOException) {
                // The client is gone.
            }
        }
    }

    private suspend fun lines(input: ByteReadChannel, output: ByteWriteChannel) {
        while (true) {
            val line = input.readLine() ?: return
            output.writeString(line)
            output.writeByte('\n'.code.toByte())
            if (input.availableForRead == 0) {
                output.flush()
            }
        }
    }

    private fun startHttp(): Int {
        // Not in runBlocking: there it would be its child, which it would wait for.
        val server = embeddedServer(CIO, port = 0, host = HOST) {
            routing {
                get("/hello") { call.respondText(Greeting.TEXT) }
            }
        }.start()
        return runBlocking { server.engine.resolvedConnectors().first().port }
    }
}
