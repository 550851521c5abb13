package io.dl4jext.fisher.report;

/** Text as HTML. */
final class Html {

    private Html() {}

    /** Any text, for an element's content or an attribute in quotation marks; characters that HTML forbids are replaced. */
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
                    boolean forbidden = Character.isISOControl(c) && !Character.isWhitespace(c)
                            || Character.getType(c) == Character.SURROGATE;
                    html.appendCodePoint(forbidden ? '\uFFFD' : c);
            }
        });
        return html.toString();
    }
}
