package dev.skein.net;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names for a test, with the addresses that it gives them; an answer takes a turn of the loop. */
final class Hosts extends AddressResolverGroup<InetSocketAddress> {
    private final Map<String, List<InetAddress>> table = new HashMap<>();

    Hosts with(String name, String... addresses) {
        table.put(name, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
        return this;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new InetNameResolver(executor) {
            @Override
            protected void doResolve(String name, Promise<InetAddress> promise) {
                promise.setFailure(new UnsupportedOperationException("one address of " + name));
            }

            @Override
            protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
                executor.execute(() -> answer(name, promise));
            }
        }.asAddressResolver();
    }

    private void answer(String name, Promise<List<InetAddress>> promise) {
        List<InetAddress> found = table.get(name);
        if (found == null) {
            promise.setFailure(new UnknownHostException(name + " is not in the table"));
        } else {
            promise.setSuccess(found);
        }
    }
}
