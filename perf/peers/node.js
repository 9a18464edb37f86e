// Servers on Node's net and http: node.js echo|lines|chat|http
'use strict';
const http = require('node:http');
const net = require('node:net');
const readline = require('node:readline');

const room = new Set();

const handlers = {
  echo(socket) {
    socket.pipe(socket);
  },

  lines(socket) {
    readline.createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => socket.write(line + '\n'));
  },

  chat(socket) {
    room.add(socket);
    socket.on('close', () => room.delete(socket));
    socket.write('welcome\n');
    readline.createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      const text = Buffer.from(line + '\n');
      for (const member of room) member.write(text);
    });
  },
};

function greet(request, response) {
  const text = 'hello, world\n';
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': text.length });
  response.end(text);
}

const handler = handlers[process.argv[2]];
const server = process.argv[2] === 'http' ? http.createServer(greet) : net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  handler(socket);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`listening on 127.0.0.1:${server.address().port}`);
});
process.stdin.resume().on('end', () => process.exit());
