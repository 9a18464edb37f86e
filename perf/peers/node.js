// Servers on Node's net: node.js echo|lines
'use strict';
const net = require('node:net');
const readline = require('node:readline');

const handlers = {
  echo(socket) {
    socket.pipe(socket);
  },

  lines(socket) {
    readline.createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => socket.write(line + '\n'));
  },
};

const handler = handlers[process.argv[2]];
const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  handler(socket);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(`listening on 127.0.0.1:${server.address().port}`);
});
process.stdin.resume().on('end', () => process.exit());
