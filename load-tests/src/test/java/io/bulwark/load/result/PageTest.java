package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PageTest {
    private static final String EVIL = "</script><script>alert(1)</script>\"'&<b onload=\"x\">";

    @Test
    void of_aScenario_asksNothingOfTheNetwork() {
        assertThat(Page.of(Samples.SCENARIO)).doesNotContain("http:", "https:", "src=", "@import", "url(");
    }

    @Test
    void of_aScenario_drawsEachCurveAndEachMark() throws Exception {
        Document page = parsed(Page.of(Samples.SCENARIO));

        assertThat(classes(page, "path"))
                .contains("line p50", "line p99", "line max", "line calls", "bars failed", "line gauge");
        assertThat(classes(page, "path")).filteredOn("mark"::equals).hasSize(3 * 3);
        assertThat(page.getElementsByTagName("ol").item(0).getTextContent()).contains("0:20", "kill node 2", "0:55");
        assertThat(classes(page, "p")).contains("verdict fail");
    }

    @Test
    void of_aScenario_saysInWordsWhatIsDrawn() throws Exception {
        Document page = parsed(Page.of(Samples.SCENARIO));

        NodeList all = page.getElementsByTagName("div");
        assertThat(IntStream.range(0, all.getLength())
                        .mapToObj(i -> (Element) all.item(i))
                        .filter(element -> element.getAttribute("role").equals("img"))
                        .map(element -> element.getAttribute("aria-label")))
                .hasSize(3)
                .anyMatch(label -> label.startsWith("Latency. ") && label.contains("4,900 ms"))
                .anyMatch(label -> label.contains("some failed in 5 of 90"));
    }

    @Test
    void of_aComparison_showsTheMediansTheRangeAndTheRatioToTheFirst() throws Exception {
        Document page = parsed(Page.of(Samples.COMPARISON));

        String table = page.getElementsByTagName("table").item(0).getTextContent();
        assertThat(table)
                .contains(
                        "against bulwark",
                        "62,500 decisions/s",
                        "range of 5 rounds",
                        "58,000 – 64,000",
                        "4.00 – 4.40",
                        "2.63×");
        assertThat(classes(page, "li")).containsSubsequence("first", "other", "other", "other");
        assertThat(classes(page, "p")).contains("verdict pass");
    }

    @Test
    void of_dataThatIsMarkup_showsItAsText() throws Exception {
        Result evil = new Result(
                EVIL,
                EVIL,
                Instant.EPOCH,
                Duration.ZERO,
                EVIL,
                new Machine(EVIL, 1, 1, EVIL, EVIL, 0),
                Map.of(EVIL, EVIL),
                List.of(Figure.once(EVIL, EVIL, EVIL, 1), Figure.once("other", EVIL, EVIL, 2)),
                List.of(new Series(EVIL, List.of(new Second(0, 1, 0, 1, 1, 1, Map.of(EVIL, 1.0))))),
                List.of(new Mark(0, EVIL)),
                List.of(new Assessment(EVIL, EVIL, false)),
                List.of(EVIL));

        String html = Page.of(evil);

        assertThat(html).doesNotContain("<script>alert", "onload=\"x\"");
        assertThat(parsed(html).getElementsByTagName("script").getLength()).isEqualTo(3 + 1);
    }

    @Test
    void of_aResultWithNothingInIt_isStillAPage() throws Exception {
        Result bare = new Result(
                "bare",
                "Bare",
                Instant.EPOCH,
                Duration.ZERO,
                "unknown",
                Samples.MACHINE,
                Map.of(),
                List.of(),
                List.of(new Series("none", List.of())),
                List.of(),
                List.of(),
                List.of());

        assertThat(parsed(Page.of(bare)).getElementsByTagName("h1").item(0).getTextContent())
                .isEqualTo("Bare");
    }

    /** The page is written so that it is XML too, but for the few elements that have no end and the style and scripts. */
    private static Document parsed(String html) throws Exception {
        String xml = Pattern.compile("(<meta [^>]*)>").matcher(html).replaceAll("$1/>");
        xml = xml.substring(xml.indexOf("<html"))
                .replaceAll("(?s)<style>.*?</style>", "")
                .replace(" hidden>", ">");
        xml = Pattern.compile("(?s)<script>.*?</script>").matcher(xml).replaceAll("<script/>");
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> classes(Document page, String tag) {
        NodeList all = page.getElementsByTagName(tag);
        return IntStream.range(0, all.getLength())
                .mapToObj(i -> ((Element) all.item(i)).getAttribute("class"))
                .toList();
    }
}
