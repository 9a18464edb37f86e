//! Servers on tokio, with a task for each connection, on one thread: peer echo|lines|chat

use std::io::{self, Read};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, BufWriter};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::{self, Sender};

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buf = vec![0; 65536];
    loop {
        let n = stream.read(&mut buf).await?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buf[..n]).await?;
    }
}

async fn lines(mut stream: TcpStream) -> io::Result<()> {
    let (read, write) = stream.split();
    let mut input = BufReader::new(read);
    let mut output = BufWriter::new(write);
    let mut line = String::new();
    while input.read_line(&mut line).await? > 0 {
        output.write_all(line.as_bytes()).await?;
        line.clear();
        if input.buffer().is_empty() {
            output.flush().await?;
        }
    }
    Ok(())
}

async fn chat(mut stream: TcpStream, room: Sender<Vec<u8>>) -> io::Result<()> {
    let mut said = room.subscribe();
    let (read, mut write) = stream.split();
    let mut input = BufReader::new(read).split(b'\n');
    write.write_all(b"welcome\n").await?;
    loop {
        tokio::select! {
            line = input.next_segment() => match line? {
                Some(mut line) => {
                    line.push(b'\n');
                    let _ = room.send(line);
                }
                None => return Ok(()),
            },
            Ok(line) = said.recv() => write.write_all(&line).await?,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let service = std::env::args().nth(1).unwrap_or_default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on {}", listener.local_addr()?);
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let (room, _) = broadcast::channel(1024);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        match service.as_str() {
            "echo" => drop(tokio::spawn(echo(stream))),
            "lines" => drop(tokio::spawn(lines(stream))),
            "chat" => drop(tokio::spawn(chat(stream, room.clone()))),
            other => panic!("no service {other}"),
        }
    }
}
