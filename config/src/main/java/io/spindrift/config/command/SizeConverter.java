package io.spindrift.config.command;

import io.spindrift.config.settings.value.Quantity;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes on the command line of {@code bench}: as in the settings file, and with the short units of other load generators (4k, 1m, 10g). */
final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            String shortUnit = text.matches("\\d+[kmgtKMGT]") ? text.toUpperCase(Locale.ROOT) + "iB" : text;
            return Quantity.parseBytes(shortUnit);
        } catch (IllegalArgumentException malformed) {
            throw new TypeConversionException("'" + text + "' is not allowed; allowed: " + malformed.getMessage() + ", or 4k, 1m, 10g");
        }
    }
}
