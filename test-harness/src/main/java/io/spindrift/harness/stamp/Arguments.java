package io.spindrift.harness.stamp;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Options of the form {@code --name value} and {@code --flag}, with what is left over in order. */
public final class Arguments {
    private final Map<String, String> values = new HashMap<>();
    private final String[] rest;

    /** @throws IllegalArgumentException for an option that is not in {@code known} or lacks its value */
    public Arguments(String[] arguments, Set<String> known, Set<String> flags) {
        int plain = 0;
        String[] left = new String[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : null;
            if (name == null) {
                left[plain++] = arguments[i];
            } else if (flags.contains(name)) {
                values.put(name, "true");
            } else if (known.contains(name) && i + 1 < arguments.length) {
                values.put(name, arguments[++i]);
            } else {
                throw new IllegalArgumentException("unknown option or no value: " + arguments[i]);
            }
        }
        rest = java.util.Arrays.copyOf(left, plain);
    }

    public String[] rest() {
        return rest.clone();
    }

    public boolean flag(String name) {
        return values.containsKey(name);
    }

    public String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** A number, with {@code k}, {@code m}, {@code g} for powers of 1024. */
    public long number(String name, long otherwise) {
        String text = values.get(name);
        return text == null ? otherwise : size(text);
    }

    /** As {@link #number}, within {@code least} and {@code most}. */
    public int integer(String name, int otherwise, int least, int most) {
        long number = number(name, otherwise);
        if (number < least || number > most) {
            throw new IllegalArgumentException("--" + name + " must be " + least + " to " + most + ", not " + number);
        }
        return (int) number;
    }

    public static long size(String text) {
        int shift = switch (Character.toLowerCase(text.charAt(text.length() - 1))) {
            case 'k' -> 10;
            case 'm' -> 20;
            case 'g' -> 30;
            case 't' -> 40;
            default -> 0;
        };
        return Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1)) << shift;
    }
}
