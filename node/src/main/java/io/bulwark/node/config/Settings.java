package io.bulwark.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Reads settings and refuses those that are wrong with a sentence that names the path, the value, where it came from and
 * what was expected.
 */
public final class Settings {
    private final Config config;

    private Settings(Config config) {
        this.config = config;
    }

    /**
     * The settings in force: system properties over the environment over the file over the defaults.
     *
     * @param file HOCON; absent: only the environment and the defaults
     * @throws SettingRefused when the file cannot be read or parsed
     */
    public static Settings load(Optional<Path> file) {
        try {
            Config given = file.map(Settings::parse).orElseGet(ConfigFactory::empty);
            refuseUnknown(given);
            Config all = ConfigFactory.defaultOverrides()
                    .withFallback(given)
                    .withFallback(ConfigFactory.parseResources("akka.conf"))
                    .withFallback(ConfigFactory.defaultReferenceUnresolved())
                    .resolve(ConfigResolveOptions.defaults());
            return new Settings(all);
        } catch (ConfigException e) {
            throw new SettingRefused("The configuration cannot be read: " + e.getMessage(), e);
        }
    }

    private static Config parse(Path file) {
        if (!Files.isReadable(file)) {
            throw new SettingRefused("The configuration file " + file + " cannot be read: name one that exists");
        }
        File asFile = file.toFile();
        return ConfigFactory.parseFile(asFile, ConfigParseOptions.defaults().setAllowMissing(false));
    }

    /** A misspelt setting would silently do nothing; every one of ours has a default, so one without is not ours. */
    private static void refuseUnknown(Config given) {
        Config known = ConfigFactory.defaultReferenceUnresolved();
        if (!given.hasPath("bulwark")) {
            return;
        }
        for (var entry : given.getConfig("bulwark").entrySet()) {
            String path = "bulwark." + entry.getKey();
            if (!known.hasPathOrNull(path)) {
                throw new SettingRefused(
                        path + " (from " + entry.getValue().origin().description()
                                + ") is not a setting: `bulwark config` lists those that are");
            }
        }
    }

    /** Everything, for those who read HOCON themselves. */
    public Config config() {
        return config;
    }

    /** A text, empty or not. */
    public String text(String path) {
        return read(path, "a text", Config::getString);
    }

    /** Texts that are not empty: a list in HOCON, or one text with commas from the environment and the command line. */
    public List<String> texts(String path) {
        boolean list = config.hasPath(path) && config.getValue(path).valueType() == ConfigValueType.LIST;
        List<String> texts = list
                ? read(path, "a list of texts", Config::getStringList)
                : Arrays.asList(text(path).split(",", -1));
        return texts.stream().map(String::strip).filter(text -> !text.isEmpty()).toList();
    }

    /** A truth value. */
    public boolean flag(String path) {
        return read(path, "true or false", Config::getBoolean);
    }

    /** A whole number within a range. */
    public int number(String path, int least, int most) {
        String expected = "a whole number from " + least + " to " + most;
        long value = read(path, expected, Config::getLong);
        if (value < least || value > most) {
            throw refused(path, expected);
        }
        return (int) value;
    }

    /** A duration within a range. */
    public Duration duration(String path, Duration least, Duration most) {
        String expected = "a duration from " + least + " to " + most + ", such as 10s";
        Duration value = read(path, expected, Config::getDuration);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw refused(path, expected);
        }
        return value;
    }

    /** One of an enum's constants, written in small letters with hyphens. */
    public <E extends Enum<E>> E choice(String path, Class<E> type) {
        String text = text(path);
        List<String> names = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
        int index = names.indexOf(text);
        if (index < 0) {
            throw refused(path, "one of " + String.join(", ", names));
        }
        return type.getEnumConstants()[index];
    }

    /** The same with another value at a path, as given on the command line. */
    public Settings with(String path, Object value, String origin) {
        return new Settings(config.withValue(path, ConfigValueFactory.fromAnyRef(value, origin)));
    }

    /** A TCP port; 0 takes a free one. */
    public int port(String path) {
        return number(path, 0, 65_535);
    }

    /** A refusal of what stands at a path. */
    public SettingRefused refused(String path, String expected) {
        var value = config.getValue(path);
        return new SettingRefused(path + " is '" + Secrets.shown(path, value) + "' (from "
                + value.origin().description() + "): expected " + expected);
    }

    /** Where the value at a path came from; empty for a path that is not set. */
    String origin(String path) {
        return config.hasPath(path) ? config.getValue(path).origin().description() : "";
    }

    private <T> T read(String path, String expected, BiFunction<Config, String, T> get) {
        try {
            return get.apply(config, path);
        } catch (ConfigException.Missing e) {
            throw new SettingRefused(path + " is not set: expected " + expected, e);
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            throw refused(path, expected);
        }
    }
}
