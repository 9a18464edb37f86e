package dev.skein.net;

import io.netty.handler.ssl.SslProvider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test that runs once per provider of TLS; {@link TestTls} skips it where one is not available. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@EnumSource(
        value = SslProvider.class,
        names = {"JDK", "OPENSSL"})
@interface EachProvider {}
