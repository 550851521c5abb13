package io.dl4jext.experiments.evidence.page;

/** Text as HTML. */
final class Html {

    private Html() {}

    /** Any text, for an element's content or an attribute in quotation marks; characters that HTML or XML forbid are replaced. */
    static String text(String text) {
        StringBuilder html = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&':
                    html.append("&amp;");
                    break;
                case '<':
                    html.append("&lt;");
                    break;
                case '>':
                    html.append("&gt;");
                    break;
                case '"':
                    html.append("&quot;");
                    break;
                case '\'':
                    html.append("&#39;");
                    break;
                default:
                    html.appendCodePoint(isForbidden(c) ? '\uFFFD' : c);
            }
        });
        return html.toString();
    }

    private static boolean isForbidden(int c) {
        return c < ' ' && c != '\n' && c != '\t' && c != '\r'
                || c >= 0x7F && c < 0xA0
                || Character.getType(c) == Character.SURROGATE
                || (c & 0xFFFE) == 0xFFFE;
    }
}
