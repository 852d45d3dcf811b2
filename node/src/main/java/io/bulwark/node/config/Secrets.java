package io.bulwark.node.config;

import com.typesafe.config.ConfigValue;
import java.util.Locale;
import java.util.regex.Pattern;

/** Keeps what must not be shown out of what is shown. */
final class Secrets {
    private static final Pattern SECRET_NAME = Pattern.compile("password|secret|token|credential|private");
    private static final Pattern IN_URL = Pattern.compile("(?i)((?:password|user)=)[^&]*|(//[^:/@]+:)[^@/]+@");

    private Secrets() {}

    /** The value as it may be shown: masked when the path says that it is a secret, or where a URL carries one. */
    static String shown(String path, ConfigValue value) {
        String text = String.valueOf(value.unwrapped());
        if (SECRET_NAME.matcher(path.toLowerCase(Locale.ROOT)).find()) {
            return text.isEmpty() ? "" : "********";
        }
        return IN_URL.matcher(text)
                .replaceAll(
                        match -> match.group(1) != null ? match.group(1) + "********" : match.group(2) + "********@");
    }
}
