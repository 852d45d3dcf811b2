package io.bulwark.node.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.TreeMap;

/** The effective configuration as a person reads it: one line a setting, with where its value came from. */
public final class ConfigReport {
    private ConfigReport() {}

    /** All settings below {@code bulwark}, by path, secrets masked. */
    public static String of(Settings settings) {
        Map<String, ConfigValue> values = new TreeMap<>();
        settings.config()
                .getConfig("bulwark")
                .entrySet()
                .forEach(entry -> values.put("bulwark." + entry.getKey(), entry.getValue()));
        StringBuilder report = new StringBuilder();
        values.forEach((path, value) -> report.append(path)
                .append(" = ")
                .append(rendered(path, value))
                .append("    # ")
                .append(origin(value))
                .append('\n'));
        return report.toString();
    }

    private static String rendered(String path, ConfigValue value) {
        String shown = Secrets.shown(path, value);
        return shown.equals(String.valueOf(value.unwrapped()))
                ? value.render(ConfigRenderOptions.concise())
                : '"' + shown + '"';
    }

    /** {@code reference.conf @ jar:file:…: 12} says less to a person than {@code default}. */
    private static String origin(ConfigValue value) {
        String description = value.origin().description();
        return description.contains("reference.conf") ? "default" : description;
    }
}
