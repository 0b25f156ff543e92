package cep.rivals.event;

/** A letter; these have no key. */
public class Letter extends Event {
    public String type;
    public long value;

    /** From the cells of a row. */
    public static Letter of(String[] cells) {
        var letter = new Letter();
        letter.ts = Long.parseLong(cells[0]);
        letter.type = cells[1];
        letter.value = Long.parseLong(cells[2]);
        return letter;
    }

    @Override
    public String key() {
        return "";
    }
}
