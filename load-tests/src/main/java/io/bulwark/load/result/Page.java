package io.bulwark.load.result;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A result as one file of HTML that needs nothing else: no network, no library, no server. */
final class Page {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Page() {}

    /** The whole file. */
    static String of(Result result) {
        return Html.of(
                        """
                        <!DOCTYPE html>
                        <html lang="en">
                        <head>
                        <meta charset="utf-8">
                        <meta name="viewport" content="width=device-width, initial-scale=1">
                        <meta name="color-scheme" content="light dark">
                        <title>{} · Bulwark</title>
                        <style>{}</style>
                        </head>
                        <body>
                        <header><div class="wide">
                        <p class="name">Bulwark <span>{}</span></p>
                        <h1>{}</h1>
                        <p class="facts"><time datetime="{}">{}</time><span>took {}</span><span>commit <code>{}</code></span></p>
                        {}
                        </div></header>
                        <main class="wide">
                        {}
                        </main>
                        <script>{}</script>
                        </body>
                        </html>
                        """,
                        result.title(),
                        resource("page.css"),
                        result.name(),
                        result.title(),
                        result.started(),
                        MINUTE.format(result.started()),
                        Numbers.clock(result.took().toMillis() / 1e3),
                        result.commit(),
                        verdict(result),
                        Html.all(
                                assertions(result.assessments()),
                                new FiguresSection(result.figures()).html(),
                                new SeriesSection(result).html(),
                                notes(result.notes()),
                                setting(result)),
                        resource("page.js"))
                .markup();
    }

    private static Html verdict(Result result) {
        List<Assessment> all = result.assessments();
        long broken = all.stream().filter(assessment -> !assessment.holds()).count();
        if (all.isEmpty()) {
            return Html.of("<p class=\"verdict none\">Nothing was asserted</p>");
        }
        return broken == 0
                ? Html.of(
                        "<p class=\"verdict pass\"><b aria-hidden=\"true\">✓</b> {}</p>",
                        all.size() == 1 ? "The assertion holds" : "All " + all.size() + " assertions hold")
                : Html.of(
                        "<p class=\"verdict fail\"><b aria-hidden=\"true\">✗</b> {}</p>",
                        broken + " of " + all.size() + (all.size() == 1 ? " assertion" : " assertions")
                                + (broken == 1 ? " does not hold" : " do not hold"));
    }

    private static Html assertions(List<Assessment> all) {
        return Html.of(
                        "<section><h2>Assertions</h2><ul class=\"assertions\">{}</ul></section>",
                        Html.all(all.stream().map(Page::assertion)))
                .when(!all.isEmpty());
    }

    private static Html assertion(Assessment assessment) {
        return Html.of(
                "<li class=\"{}\"><b class=\"mark\" aria-hidden=\"true\">{}</b><span class=\"outcome\">{}</span>"
                        + "<code>{}</code><span class=\"seen\">{}</span></li>",
                assessment.holds() ? "pass" : "fail",
                assessment.holds() ? "✓" : "✗",
                assessment.holds() ? "holds" : "does not hold",
                assessment.assertion(),
                assessment.seen());
    }

    private static Html notes(List<String> notes) {
        return Html.of(
                        "<section><h2>Notes</h2><ul class=\"notes\">{}</ul></section>",
                        Html.all(notes.stream().map(note -> Html.of("<li>{}</li>", note))))
                .when(!notes.isEmpty());
    }

    private static Html setting(Result result) {
        Machine machine = result.machine();
        return Html.of(
                """
                <section class="pair"><div><h2>Configuration</h2><dl>{}</dl></div>
                <div><h2>Machine</h2><dl>{}{}{}{}{}{}</dl></div></section>""",
                Html.all(result.configuration().entrySet().stream().map(Page::entry)),
                entry("processor", machine.processor()),
                entry("cores", machine.cores()),
                entry("memory", Numbers.bytes(machine.memoryBytes())),
                entry("system", machine.system()),
                entry("runtime of the harness", machine.java()),
                entry("load before", Numbers.of(machine.loadBefore()) + busy(machine)));
    }

    private static String busy(Machine machine) {
        return machine.loadBefore() > machine.cores() ? ": others were at work, trust ratios rather than values" : "";
    }

    private static Html entry(Map.Entry<String, String> entry) {
        return entry(entry.getKey(), entry.getValue());
    }

    private static Html entry(String name, Object value) {
        return Html.of("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
    }

    /** A constant of this program, not data. */
    private static Html resource(String name) {
        try (InputStream stream = Page.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("There is no " + name + " beside " + Page.class.getName()
                        + " on the class path: build the module again");
            }
            return new Html(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " could not be read", e);
        }
    }
}
