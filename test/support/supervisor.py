"""Stands in for systemd: opens sockets, hands them over (LISTEN_FDS), and hears what it is told (NOTIFY_SOCKET).

supervisor.py NAMES COMMAND…    NAMES are udp, tcp and tls, joined by colons.
Prints one line of JSON with the ports, then what it is told. Starts the command again each time it ends, until SIGTERM."""
import json, os, signal, socket, subprocess, sys, tempfile, threading

names, command = sys.argv[1].split(":"), sys.argv[2:]
sockets = []
for name in names:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if name == "udp" else socket.SOCK_STREAM)
    one.bind(("127.0.0.1", 0))
    if name != "udp":
        one.listen(128)
    sockets.append(one)
print(json.dumps({name: one.getsockname()[1] for name, one in zip(names, sockets)}), flush=True)

told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = os.path.join(tempfile.mkdtemp(), "notify")
told.bind(path)


def hear():
    while True:
        print("told " + told.recv(4096).decode().strip().replace("\n", " "), flush=True)


threading.Thread(target=hear, daemon=True).start()


def hand_over():
    # As the child, after the fork: descriptors from 3 on, in order, and nothing else.
    for i, one in enumerate(sockets):
        os.dup2(one.fileno(), 100 + i)
    for i in range(len(sockets)):
        os.dup2(100 + i, 3 + i)
        os.close(100 + i)
    os.environ.update(
        LISTEN_PID=str(os.getpid()),
        LISTEN_FDS=str(len(sockets)),
        LISTEN_FDNAMES=":".join(names),
        NOTIFY_SOCKET=path,
        WATCHDOG_USEC="1000000",
        WATCHDOG_PID=str(os.getpid()),
    )


running = True
child = None


def stop(*_):
    global running
    running = False
    child.send_signal(signal.SIGTERM)


signal.signal(signal.SIGTERM, stop)
while running:
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        hand_over()
        os.execvp(command[0], command)

    class child:
        send_signal = staticmethod(lambda number: os.kill(pid, number))

    print("started %d" % pid, flush=True)
    while True:
        try:
            _, status = os.waitpid(pid, 0)
            break
        except InterruptedError:
            continue
    print("ended %d" % os.waitstatus_to_exitcode(status), flush=True)
