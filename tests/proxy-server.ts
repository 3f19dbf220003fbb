/** An HTTP proxy on loopback that takes every host for one server, plain or behind TLS as `service.test`, and logs what it is asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

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

/** TLS as `service.test` in front of a port on loopback. Gives the port, and how to close it. */
export async function startTls(to: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    piped(socket, to);
  });
  return { port: await listening(server), close: () => closed(server, sockets) };
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

/** Of no use but here: it signs for a name that nobody can have (RFC 6761). */
const KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIPCJg0hZl0RdEgdcakmnXBM5Xk+tqS1CvCaz1KbgF/D4oAoGCCqGSM49
AwEHoUQDQgAE0IuHQ4vsqfrES6YWvOg2LChbjZUV46JdI36AmZx2vM50+rdLVy4B
GCKn9+vescyXUmHM+QhYP9L8gg6qLAh1/g==
-----END EC PRIVATE KEY-----`;

/** For `service.test`, from 2020 to 2120, signed by itself. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBaTCCARCgAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxzZXJ2aWNl
LnRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBcxFTATBgNV
BAMMDHNlcnZpY2UudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNCLh0OL
7Kn6xEumFrzoNiwoW42VFeOiXSN+gJmcdrzOdPq3S1cuARgip/fr3rHMl1JhzPkI
WD/S/IIOqiwIdf6jSzBJMA8GA1UdEwEB/wQFMAMBAf8wFwYDVR0RBBAwDoIMc2Vy
dmljZS50ZXN0MB0GA1UdDgQWBBRAGmbVrr4WtWrIGXWt/hRf2tLtkzAKBggqhkjO
PQQDAgNHADBEAiAcgIw8wiE1q2f2rzrba2mZlQCj0D7ct10O+h7tS0fKGQIgIG0p
+TKt1gZlAFdtkakaUbUkHdbNfV/R33E+X+qKVO0=
-----END CERTIFICATE-----`;
