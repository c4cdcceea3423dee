"""Sends one datagram each from COUNT addresses of 127/8, in COUNT / SECONDS a second (0: as fast as it can).

spoof.py PORT COUNT SECONDS    The source address is chosen for each datagram (IP_PKTINFO), as a forger would.
Prints how many the system took."""
import socket, struct, sys, time

port, count, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
line = b"<190>1: *Nov  6 16:00:00.123: %SEC-6-IPACCESSLOGP: list 101 denied tcp 198.51.100.1(1234) -> 203.0.113.1(22), 1 packet"
IP_PKTINFO = 8
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
to = ("127.0.0.1", port)
began = time.monotonic()
sent = 0
for i in range(count):
    source = struct.pack("=I4s4s", 0, struct.pack("!I", 0x7F010000 + i), bytes(4))
    try:
        one.sendmsg([line], [(socket.IPPROTO_IP, IP_PKTINFO, source)], 0, to)
        sent += 1
    except OSError:
        pass
    if seconds > 0 and i % 100 == 99:
        ahead = began + i * seconds / count - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
print(sent)
