/** The whole of a program that uses Skein. */
module org.example.consumer {
    requires dev.skein.net;
}
