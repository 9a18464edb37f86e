package dev.skein.perf.micro

import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield

/** On kotlinx.coroutines, in the event loop of [runBlocking]: one thread. Each scope waits for what was launched in it. */
internal object KotlinMicro {
    @JvmStatic
    fun run(micro: Micro, count: Int) = runBlocking {
        when (micro) {
            Micro.SWITCH -> switchTo(count)
            Micro.SPAWN -> spawn(count)
            Micro.QUEUE -> queue(count)
            Micro.SLEEPERS -> sleepers(count)
            Micro.TASKS -> tasks(count)
            Micro.CANCEL -> cancel(count)
        }
    }

    private fun CoroutineScope.switchTo(count: Int) = repeat(2) {
        launch {
            repeat(count / 2) { yield() }
        }
    }

    private suspend fun spawn(count: Int) = repeat(count / Micro.WAVE) {
        coroutineScope {
            repeat(Micro.WAVE) {
                launch { yield() }
            }
        }
    }

    private suspend fun CoroutineScope.queue(count: Int) {
        val items = Channel<Int>(1)
        launch {
            repeat(count) { items.send(it) }
            items.close()
        }
        for (item in items) {
            // Only its coming counts.
        }
    }

    private fun CoroutineScope.sleepers(count: Int) = repeat(count) {
        launch { delay(Micro.sleeperMillis(it).milliseconds) }
    }

    private suspend fun CoroutineScope.tasks(count: Int) {
        val event = CompletableDeferred<Unit>()
        repeat(count) {
            launch { event.await() }
        }
        yield()
        event.complete(Unit)
    }

    private suspend fun CoroutineScope.cancel(count: Int) {
        val sleeping = List(count) {
            launch { delay(Micro.HOURS.hours) }
        }
        yield()
        sleeping.forEach { it.cancel() }
        sleeping.joinAll()
    }
}
