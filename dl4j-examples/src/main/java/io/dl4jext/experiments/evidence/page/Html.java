package io.dl4jext.experiments.evidence.page;

import java.util.regex.Pattern;
import org.nd4j.shade.guava.html.HtmlEscapers;

/** Text as HTML. */
final class Html {

    private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cc}&&[^\\n\\t\\r]]|\\p{Cs}|[\\x{FFFE}\\x{FFFF}]");

    private Html() {}

    /**
     * Any text, for an element's content or an attribute in quotation marks; characters that HTML or XML forbid are
     * replaced.
     */
    static String text(String text) {
        return HtmlEscapers.htmlEscaper().escape(FORBIDDEN.matcher(text).replaceAll("\uFFFD"));
    }
}
