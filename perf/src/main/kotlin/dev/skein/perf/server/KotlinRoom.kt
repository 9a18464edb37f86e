package dev.skein.perf.server

import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.ByteWriteChannel
import io.ktor.utils.io.readLine
import io.ktor.utils.io.writeByteArray
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.launch

/** A chat of [KotlinServer]'s: what is said goes into a flow that a coroutine of each member's collects. */
internal class KotlinRoom {
    private val said = MutableSharedFlow<ByteArray>(extraBufferCapacity = 1_024)

    /** Keeps a client in the room until it closes. */
    suspend fun chat(input: ByteReadChannel, output: ByteWriteChannel) = coroutineScope {
        val hearing = launch {
            said.onSubscription { output.say("welcome\n".encodeToByteArray()) }.collect { output.say(it) }
        }
        while (true) {
            val line = input.readLine() ?: break
            said.emit("$line\n".encodeToByteArray())
        }
        hearing.cancel()
    }

    private suspend fun ByteWriteChannel.say(line: ByteArray) {
        writeByteArray(line)
        flush()
    }
}
