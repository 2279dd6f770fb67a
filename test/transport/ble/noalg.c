/*
 * Stands in for the kernel's cryptography (AF_ALG) where there is none: btvirt opens it for every LE controller and closes the
 * controller without it. Nothing that Tandem does makes btvirt compute with it: pairing is not relied on.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>

int socket(int domain, int type, int protocol)
{
	int (*real_socket)(int, int, int) = dlsym(RTLD_NEXT, "socket");

	return domain == AF_ALG ? open("/dev/null", O_RDWR | O_CLOEXEC) : real_socket(domain, type, protocol);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	int (*real_bind)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");

	return address != NULL && address->sa_family == AF_ALG ? 0 : real_bind(fd, address, length);
}
