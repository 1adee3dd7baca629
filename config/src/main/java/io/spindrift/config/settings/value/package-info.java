/** How single values are written and what they may be: sizes, durations, addresses, names. */
package io.spindrift.config.settings.value;
