// What goroutines cost. Reads "scenario count" lines, answers each with "result NANOSECONDS".
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

const wave = 1000

// Two goroutines that take turns.
func switchTo(n int) {
	var done sync.WaitGroup
	for i := 0; i < 2; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			for j := 0; j < n/2; j++ {
				runtime.Gosched()
			}
		}()
	}
	done.Wait()
}

// Created, suspended once, finished, in waves.
func spawn(n int) {
	for i := 0; i < n; i += wave {
		var done sync.WaitGroup
		done.Add(wave)
		for j := 0; j < wave; j++ {
			go func() {
				runtime.Gosched()
				done.Done()
			}()
		}
		done.Wait()
	}
}

// Items through a queue of one place.
func queue(n int) {
	items := make(chan int, 1)
	go func() {
		for i := 0; i < n; i++ {
			items <- i
		}
		close(items)
	}()
	for range items {
	}
}

// Asleep at the same time, for 1 to 100 ms.
func sleepers(n int) {
	var done sync.WaitGroup
	done.Add(n)
	for i := 0; i < n; i++ {
		go func(ms int) {
			time.Sleep(time.Duration(ms) * time.Millisecond)
			done.Done()
		}(1 + i*7919%100)
	}
	done.Wait()
}

// All alive at the same time, waiting for one event.
func tasks(n int) {
	var started, done sync.WaitGroup
	started.Add(n)
	done.Add(n)
	event := make(chan struct{})
	for i := 0; i < n; i++ {
		go func() {
			started.Done()
			<-event
			done.Done()
		}()
	}
	started.Wait()
	close(event)
	done.Wait()
}

// All asleep for an hour, and then cancelled.
func cancel(n int) {
	var started, done sync.WaitGroup
	started.Add(n)
	done.Add(n)
	ctx, stop := context.WithCancel(context.Background())
	for i := 0; i < n; i++ {
		go func() {
			started.Done()
			hour := time.NewTimer(time.Hour)
			defer hour.Stop()
			select {
			case <-hour.C:
			case <-ctx.Done():
			}
			done.Done()
		}()
	}
	started.Wait()
	stop()
	done.Wait()
}

func main() {
	scenarios := map[string]func(int){
		"switch": switchTo, "spawn": spawn, "queue": queue, "sleepers": sleepers, "tasks": tasks, "cancel": cancel,
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var name string
		var n int
		fmt.Sscan(in.Text(), &name, &n)
		start := time.Now()
		scenarios[name](n)
		fmt.Printf("result %d\n", time.Since(start).Nanoseconds())
	}
}
