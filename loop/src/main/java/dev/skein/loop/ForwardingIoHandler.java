package dev.skein.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;

/** One of Netty's I/O handlers with something changed: what a subclass does not override is Netty's. */
abstract class ForwardingIoHandler implements IoHandler {
    abstract IoHandler netty();

    @Override
    public void initialize() {
        netty().initialize();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return netty().register(handle);
    }

    @Override
    public int run(IoHandlerContext context) {
        return netty().run(context);
    }

    @Override
    public void wakeup() {
        netty().wakeup();
    }

    @Override
    public void prepareToDestroy() {
        netty().prepareToDestroy();
    }

    @Override
    public void destroy() {
        netty().destroy();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return netty().isCompatible(handleType);
    }
}
