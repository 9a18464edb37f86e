/**
 * The event loop, its futures and tasks, and time.
 */
@NullMarked
package dev.skein.loop;

import org.jspecify.annotations.NullMarked;

/*
 * The floors of this package. A type uses those of its own floor and of those below (FloorsTest). So to change a
 * type, read what stands below it, and no more. docs/design.md has the same map.
 *
 * 6 entry: what a program calls
 *   Asyncio              asyncio's functions, for static import
 *   Runner               a loop for several mains, one after the other
 *   RunnerContext        the thread-locals that one main hands on to the next
 *   LoopGroup            loops as an EventLoopGroup of Netty's
 *   SigintHandler        what Ctrl-C does while a runner runs
 *   SystemExitCheck      what a loop still waits for when the JVM ends
 *
 * 5 inspection: what looks at loops from outside
 *   Inspection           tells the two below of each loop
 *   Watchdog             the thread that finds blocked loops
 *   BorderWaits          waits for a lock between a generator and its consumer
 *   Snapshots            pictures of all loops, for the command skein and the report of a deadlock
 *   Picture              a picture of one loop, taken by itself, in pieces
 *   LoopMonitor          the snapshots, for JMX
 *   CallGraph            the tasks that await a future, and where
 *   CallGraphCapture     the walk that finds it
 *   CallGraphOptions     how much of each stack it takes
 *
 * 4 combinators: made of futures, tasks and waiters
 *   TaskGroup            tasks that begin and end within one body
 *   Timeout              a deadline for a body
 *   WaitFor              a timeout around one await
 *   WaitUntil            waits for some or all of several
 *   WaitResult           which of them are done
 *   ReturnWhen           what waitUntil waits for
 *   AsCompleted          futures in the order in which they end
 *   GatherFuture         all results, or the first failure
 *   ShieldFuture         ends as another does, and does not pass a cancel on
 *   Awaitables           several awaitables as a list of futures
 *   Bodies               one form of a body as another
 *   StaggeredRace        runners that start one after the other, until one succeeds
 *   RaceResult           how such a race ended
 *   Generator            the items that a body emits
 *   GeneratorBody        the running half of a generator
 *   NestedBody           code with a stack of its own, in the task of its host
 *
 * 3 kernel: the loop, its coroutines, its futures
 *   Loop                 an event loop, as users see it
 *   LoopServices         what it does beside its turns: signals, errors, debug mode
 *   LoopCore             its inside: parts, start, end
 *   LoopOptions          how a loop is made
 *   LoopState            where it stands in its life
 *   LoopRun              one run, seen by the thread that waits for it
 *   MakerTurn            what the thread that made a loop does while it is paused
 *   LoopShutdown         its end, pass by pass
 *   LoopObserver         notified of its start and end
 *   SelectorEventLoop    the pass, in Netty's event loop
 *   LoopThread           the thread that the loop runs on now: its own, a coroutine's, the carrier
 *   LoopCarrier          the platform thread that mounts the other two
 *   LoopWatch            whether the loop makes progress
 *   CarrierNioHandler    Netty's NIO handler; the carrier selects
 *   ReadyQueue           what runs next, and what runs at the end of the pass
 *   SeededShuffle        another order of the steps, by a seed
 *   TimerQueue           the timers
 *   Handle               a callback that was given to the loop
 *   TimerHandle          a callback at a moment
 *   ThreadsafeHandle     a callback from another thread
 *   Coroutine            a stack that the loop runs in steps
 *   MountedCoroutine     one that the carrier mounts
 *   BatonCoroutine       one that takes turns, in a JVM without the flag
 *   Task                 the future of a coroutine
 *   TaskList             the tasks of a loop
 *   TaskStacks           the stacks that one task stands on
 *   Cancellation         a request to cancel, on its way to all that it is for
 *   Awaitable            something that can be awaited
 *   Action               a coroutine without a result
 *   Future               a result that comes later
 *   FutureCore           its inside: what waits for it, and whether its failure was retrieved
 *   NamedFuture          one that says which call waits for it
 *   CombinedFuture       one that ends as others do
 *   ForeignFuture        one for an operation of the JDK's, Netty's or an executor's
 *   Relay                one listener for all futures that follow such an operation
 *   Relays               the relays of a loop
 *   Waiter               something that waits for a future
 *   WaiterList           several of them
 *   DoneCallback         a function that waits
 *   Collected            what happens when something is garbage
 *   UnretrievedFailure   a failure that no code has retrieved yet
 *   AwaitedAt            an await that a failure crossed, for debug mode
 *   ErrorReporter        tells the exception handler, or the log
 *   ErrorContext         what it tells
 *   ExceptionHandler     the handler that it calls
 *   ThreadsafePromises   futures of the JDK's that other threads wait for
 *   DefaultExecutor      where toThread runs
 *   ExecutorWork         one job there
 *   SignalHandlers       callbacks for signals of the operating system
 *   DebugMode            asyncio's debug mode
 *
 * 2 parts: of a loop, without a loop
 *   ReadyEntry           what waits in the ready queue
 *   Context              the thread-locals that a callback sees
 *   ExternalWork         what virtual time waits for
 *   OpenGenerators       what must be closed before the loop is
 *   StackFilter          the frames that say something
 *
 * 1 ground: what knows nothing of loops
 *   Call                 a body that runs here and now
 *   VoidCall             one without a result
 *   TaskOptions          how a task is made
 *   CancelledError       thrown in a task that was cancelled
 *   TimeoutException     thrown by a timeout
 *   InvalidStateException  thrown by a future that is not done, or is
 *   ExceptionGroup       several failures
 *   GeneratorExit        thrown in a body that is closed
 *   Failures             how a failure crosses an await
 *   Transport            Netty's transports, and their channel classes
 *   FasterTransport      the jar that a native transport takes
 *   ForwardingIoHandler  a handler of Netty's with something changed
 *   EpollIoHandlerFix    epoll, which keeps half-closed channels
 *   UringIoHandlerFix    io_uring, which ends cleanly and writes on
 *   SelectorSpy          shows the selectors that the JDK opens
 *   VirtualThreads       what is taken from inside the JDK
 *   AgentOpening         has that opened in a JVM without the flag
 *   LoopClock            real or virtual time
 *   Durations            durations as nanoseconds
 *   WorkerThreads        threads for what blocks
 *   JvmSignal            a signal in this JVM
 *   SignalRegistration   a handler of one signal
 *   LoopLog              the log, which never fails
 *   Printable            an exception that can be logged
 *   StandIn              an exception that keeps nothing alive
 *   Repr                 the text of a foreign object
 *   Plumbing             marks classes whose frames say nothing
 *   Suspends             marks public methods that may suspend their caller
 */
