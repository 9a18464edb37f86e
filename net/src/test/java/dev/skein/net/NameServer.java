package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A name server of this machine, on the loop of the test, with what the test tells it. */
final class NameServer implements AutoCloseable {
    private final Map<String, List<InetAddress>> table = new HashMap<>();
    private final List<String> questions = new ArrayList<>();
    private final Channel channel;
    private boolean silent;

    NameServer() {
        Loop loop = Loop.current();
        channel = Asyncio.await(new Bootstrap()
                .group(loop.eventLoop())
                .channel(loop.transport().datagramChannel())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                        made.pipeline()
                                .addLast(
                                        new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Answers());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    NameServer with(String name, String... addresses) {
        table.put(
                name + ".", Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
        return this;
    }

    /** From now on it does not answer. */
    void fallSilent() {
        silent = true;
    }

    /** What it was asked, as {@code name. A}. */
    List<String> questions() {
        return questions;
    }

    /** Resolvers that ask this server, with much patience. */
    LoopResolvers resolvers(UnaryOperator<DnsNameResolverBuilder> more) {
        return new LoopResolvers(builder -> more.apply(builder.queryTimeoutMillis(20_000)
                .nameServerProvider(
                        new SingletonDnsServerAddressStreamProvider((InetSocketAddress) channel.localAddress()))));
    }

    @Override
    public void close() {
        Asyncio.await(channel.close());
    }

    private final class Answers extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            questions.add(question.name() + " " + question.type().name());
            if (!silent) {
                context.writeAndFlush(answer(query, question));
            }
        }

        private DatagramDnsResponse answer(DatagramDnsQuery query, DnsQuestion question) {
            List<InetAddress> known = table.get(question.name());
            DatagramDnsResponse response = new DatagramDnsResponse(
                    /* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id());
            response.setCode(known == null ? DnsResponseCode.NXDOMAIN : DnsResponseCode.NOERROR);
            response.addRecord(DnsSection.QUESTION, question);
            for (InetAddress address : known == null ? List.<InetAddress>of() : known) {
                DnsRecordType type = address instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
                if (type.equals(question.type())) {
                    response.addRecord(
                            DnsSection.ANSWER,
                            new DefaultDnsRawRecord(
                                    question.name(), type, 60, Unpooled.wrappedBuffer(address.getAddress())));
                }
            }
            return response;
        }
    }
}
