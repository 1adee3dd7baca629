package io.spindrift.simulation;

import java.time.Duration;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes wrong while a host lives: the server dies and comes back, the network is cut or reset, the store fails or is slow, the host dies, alone or
 * with its power. All of it happens between two processes' work, at times drawn from the seed. Made by a {@link Simulation}.
 */
final class Trouble {
    private static final Logger LOG = LoggerFactory.getLogger(Trouble.class);

    private final SimulatedWorld world;
    private final SimulatedServer server;
    private final Random random;
    private SimulatedHost host;
    private int life;
    private int deaths;
    private boolean fatal;
    private boolean powerWasLost;

    Trouble(SimulatedWorld world, SimulatedServer server) {
        this.world = world;
        this.server = server;
        random = new Random(world.random().nextLong());
    }

    int deaths() {
        return deaths;
    }

    /** Whether power went since this was last asked. */
    boolean powerWasLost() {
        boolean was = powerWasLost;
        powerWasLost = false;
        return was;
    }

    /** @param mayDie whether the host itself may be hit */
    void begin(SimulatedHost newHost, boolean mayDie) {
        life++;
        host = newHost;
        fatal = mayDie;
        next();
    }

    /** Whatever is out of order is mended, and nothing more happens. */
    void end() {
        life++;
        if (host != null) {
            host.back().mend();
            host.spare();
        }
        server.spare();
        server.noFaults();
        server.start();
    }

    void kill(SimulatedHost victim, boolean power) {
        if (victim.alive()) {
            LOG.info("{} dies{}", victim, power ? " with its power" : "");
            deaths++;
            powerWasLost |= power;
            world.trace(power ? 31 : 37);
            victim.kill(power);
        }
    }

    /** Kills it at one of its next calls to disk or network. */
    private void killWithin(SimulatedHost victim, boolean power) {
        if (victim.alive()) {
            long steps = 1 + (long) Math.pow(10, 2.5 * random.nextDouble());
            LOG.info("{} will die{} in {} steps", victim, power ? " with its power" : "", steps);
            victim.dieAfter(steps, power, () -> {
                deaths++;
                powerWasLost |= power;
                world.trace(power ? 31 : 37);
            });
        }
    }

    private void next() {
        int now = life;
        Duration pause = Duration.ofNanos((long) (Math.pow(10, 3 + 3.6 * random.nextDouble()) * 1000));
        world.after(pause, () -> {
            if (now == life) {
                strike(now);
                next();
            }
        });
    }

    private void strike(int now) {
        int kind = random.nextInt(12);
        LOG.info("trouble {}", kind);
        switch (kind) {
            case 0, 1 -> cut(now);
            case 2 -> {
                if (random.nextBoolean()) {
                    host.back().reset();
                } else {
                    host.back().halfReset();
                }
            }
            case 3, 4 -> host.front().reset();
            case 5, 6 -> serverDies(now);
            case 7, 8 -> storeFails(now);
            case 9 -> {
                if (fatal) {
                    killWithin(host, random.nextInt(3) == 0);
                }
            }
            default -> { }
        }
    }

    private Duration aWhile() {
        return Duration.ofMillis(random.nextInt(8) == 0 ? random.nextInt(60_000) : random.nextInt(1_500));
    }

    private void cut(int now) {
        host.back().cut();
        later(now, host.back()::mend);
    }

    private void serverDies(int now) {
        deaths++;
        if (random.nextBoolean()) {
            server.kill();
        } else {
            server.dieAfter(1 + random.nextInt(60));
        }
        later(now, server::start);
    }

    private void storeFails(int now) {
        double share = random.nextDouble() * 0.4;
        server.faults(share, random.nextDouble() * 0.3, Duration.ofMillis(1 + random.nextInt(300)));
        later(now, server::noFaults);
    }

    private void later(int now, Runnable mended) {
        world.after(aWhile(), () -> {
            if (now == life) {
                mended.run();
            }
        });
    }
}
