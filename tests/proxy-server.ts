/** An HTTP proxy on loopback that takes every host for one server, plain or behind TLS as `service.test`, and logs what it is asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { generate } from "selfsigned";

export interface ProxyServer {
  /** "127.0.0.1:43210" */
  readonly host: string;
  /** "CONNECT service.test:443", "POST http://service.test/v1/images", with what stood in Proxy-Authorization. */
  readonly log: { readonly asked: string; readonly authorization: string | undefined }[];
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/** What everybody meets instead of being let through: a status, the end of the connection, or nothing at all. */
export type ProxyFault = number | "hang up" | "stall";

interface Behaviour {
  readonly fault?: ProxyFault;
  /** "user:password" that is let through; anybody, if not given. */
  readonly user?: string;
}

/** `to`: a port on loopback. */
export async function startProxy(to: number, { fault, user }: Behaviour = {}): Promise<ProxyServer> {
  const log: ProxyServer["log"] = [];
  const sockets = new Set<Socket>();
  const met = ({ method, url, headers }: IncomingMessage): ProxyFault | undefined => {
    const authorization = headers["proxy-authorization"];
    log.push({ asked: `${method} ${url}`, authorization });
    const isKnown = user === undefined || authorization === `Basic ${Buffer.from(user).toString("base64")}`;
    return isKnown ? fault : 407;
  };
  const server = createServer((incoming, response) => {
    const fault = met(incoming);
    if (typeof fault === "number") response.writeHead(fault).end("<html>a proxy's page</html>");
    else if (fault === "hang up") incoming.socket.destroy();
    else if (fault === undefined) forward(incoming, response, to);
  });
  server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
    socket.on("error", () => socket.destroy());
    const fault = met(incoming);
    if (typeof fault === "number") socket.end(`HTTP/1.1 ${fault} Not Today\r\n\r\n<html></html>`);
    else if (fault === "hang up") socket.destroy();
    else if (fault === undefined) {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      piped(socket, to);
    } else socket.resume().on("end", () => socket.end());
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const host = `127.0.0.1:${await listening(server)}`;
  return { host, log, sockets, close: () => closed(server, sockets) };
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { pathname, search } = new URL(incoming.url!);
  const { "proxy-authorization": _, ...headers } = incoming.headers;
  const onward = { host: "127.0.0.1", port, method: incoming.method, path: pathname + search, headers };
  const outgoing = request(onward, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  incoming.pipe(outgoing);
}

function piped(socket: Socket, port: number): void {
  const onward = connect(port, "127.0.0.1");
  socket.pipe(onward).pipe(socket);
  onward.on("error", () => socket.destroy());
  socket.on("close", () => onward.destroy());
}

export interface TlsServer {
  readonly port: number;
  /** Signed by itself, PEM: who trusts it takes the server for `service.test`. */
  readonly certificate: string;
  close(): Promise<void>;
}

/** TLS as `service.test`, a name that nobody can have (RFC 6761), in front of a port on loopback. */
export async function startTls(to: number): Promise<TlsServer> {
  const sockets = new Set<Socket>();
  const { private: key, cert: certificate } = await generate(
    [{ name: "commonName", value: "service.test" }],
    {
      keyType: "ec",
      algorithm: "sha256",
      extensions: [
        { name: "basicConstraints", cA: true },
        { name: "subjectAltName", altNames: [{ type: 2, value: "service.test" }] },
      ],
    },
  );
  const server = createTlsServer({ key, cert: certificate }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    piped(socket, to);
  });
  return { port: await listening(server), certificate, close: () => closed(server, sockets) };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, "close");
}
