package io.spindrift.harness.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/**
 * The link as a program: {@code WanProxy LISTEN-PORT HOST:PORT [--count-reads]}, on 127.0.0.1. Prints {@code READY PORT}, then takes lines
 * on standard input and answers each with one line, {@code ok ...} or {@code error ...}:
 *
 * <pre>
 * delay MS        one way, fractions allowed       rate MBIT     each way, 0: no limit
 * cut             packets vanish                   mend          they no longer do
 * reset           every connection is reset        refuse        and new ones too, until mend
 * clear           counts begin anew                stats         counts as JSON
 * quit
 * </pre>
 *
 * The end of its input ends it.
 */
public final class WanProxy {
    private final WanLink link;
    private final PrintStream out;
    private LinkSettings settings = LinkSettings.open();

    WanProxy(WanLink link, PrintStream out) {
        this.link = link;
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 2) {
            System.err.println("use: WanProxy LISTEN-PORT HOST:PORT [--count-reads]");
            System.exit(2);
        }
        String[] upstream = arguments[1].split(":");
        boolean countReads = arguments.length > 2 && arguments[2].equals("--count-reads");
        WanLink link = new WanLink(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])),
                new InetSocketAddress(upstream[0], Integer.parseInt(upstream[1])), LinkSettings.open(), countReads);
        Thread thread = new Thread(link, "link");
        thread.setDaemon(true);
        thread.start();
        System.out.println("READY " + link.address().getPort());
        WanProxy proxy = new WanProxy(link, System.out);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
                proxy.obey(line.trim());
            }
        }
        link.close();
        thread.join(2000);
    }

    /** Carries out one line and answers it when it has taken effect. */
    void obey(String line) throws InterruptedException {
        String[] words = line.split(" +");
        try {
            switch (words[0]) {
                case "delay" -> change(settings.delayed((long) (Double.parseDouble(words[1]) * 1000)));
                case "rate" -> change(settings.limited((long) (Double.parseDouble(words[1]) * 125_000)));
                case "cut" -> link.cut();
                case "mend" -> link.mend();
                case "reset" -> link.reset();
                case "refuse" -> link.refuse();
                case "clear" -> link.clear();
                case "stats" -> { }
                default -> throw new IllegalArgumentException("no such order: " + line);
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            out.println("error " + e.getMessage());
            return;
        }
        CountDownLatch effective = new CountDownLatch(1);
        link.report(counts -> {
            out.println("ok " + counts);
            effective.countDown();
        });
        effective.await();
    }

    private void change(LinkSettings newSettings) {
        settings = newSettings;
        link.change(newSettings);
    }
}
