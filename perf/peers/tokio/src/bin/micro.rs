//! What tokio's tasks cost on one thread. Reads "scenario count" lines, answers each with "result NANOSECONDS".

use std::io::BufRead;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, Semaphore};
use tokio::task::{yield_now, JoinHandle};
use tokio::time::sleep;

const WAVE: usize = 1000;

async fn join(tasks: Vec<JoinHandle<()>>) {
    for task in tasks {
        let _ = task.await;
    }
}

/// Two tasks that take turns.
async fn switch(n: usize) {
    let turns = |n| async move {
        for _ in 0..n {
            yield_now().await;
        }
    };
    join(vec![tokio::spawn(turns(n / 2)), tokio::spawn(turns(n / 2))]).await;
}

/// Created, suspended once, finished, in waves.
async fn spawn(n: usize) {
    for _ in 0..n / WAVE {
        join((0..WAVE).map(|_| tokio::spawn(yield_now())).collect()).await;
    }
}

/// Items through a queue of one place.
async fn queue(n: usize) {
    let (send, mut receive) = mpsc::channel(1);
    tokio::spawn(async move {
        for i in 0..n {
            if send.send(i).await.is_err() {
                return;
            }
        }
    });
    while receive.recv().await.is_some() {}
}

/// Asleep at the same time, for 1 to 100 ms.
async fn sleepers(n: usize) {
    let millis = |i: usize| 1 + (i * 7919 % 100) as u64;
    join((0..n).map(|i| tokio::spawn(sleep(Duration::from_millis(millis(i))))).collect()).await;
}

/// All alive at the same time, waiting for one event.
async fn tasks(n: usize) {
    let event = Arc::new(Semaphore::new(0));
    let started = Arc::new(AtomicUsize::new(0));
    let wait = |event: Arc<Semaphore>, started: Arc<AtomicUsize>| async move {
        started.fetch_add(1, Relaxed);
        let _ = event.acquire().await;
    };
    let tasks = (0..n).map(|_| tokio::spawn(wait(event.clone(), started.clone()))).collect();
    until_all(&started, n).await;
    event.close();
    join(tasks).await;
}

/// All asleep for an hour, and then cancelled.
async fn cancel(n: usize) {
    let started = Arc::new(AtomicUsize::new(0));
    let sleeping = |started: Arc<AtomicUsize>| async move {
        started.fetch_add(1, Relaxed);
        sleep(Duration::from_secs(3600)).await;
    };
    let tasks: Vec<_> = (0..n).map(|_| tokio::spawn(sleeping(started.clone()))).collect();
    until_all(&started, n).await;
    for task in &tasks {
        task.abort();
    }
    join(tasks).await;
}

async fn until_all(started: &AtomicUsize, n: usize) {
    while started.load(Relaxed) < n {
        yield_now().await;
    }
}

fn main() {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (name, count) = line.split_once(' ').unwrap();
        let n = count.parse().unwrap();
        let start = Instant::now();
        runtime.block_on(async {
            match name {
                "switch" => switch(n).await,
                "spawn" => spawn(n).await,
                "queue" => queue(n).await,
                "sleepers" => sleepers(n).await,
                "tasks" => tasks(n).await,
                "cancel" => cancel(n).await,
                other => panic!("no scenario {other}"),
            }
        });
        println!("result {}", start.elapsed().as_nanos());
    }
}
