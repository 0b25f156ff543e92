package cep.rivals.event;

/** A card payment. */
public class Txn extends Event {
    public String card;
    public double amount;
    public String kind;

    /** From the cells of a row. */
    public static Txn of(String[] cells) {
        var txn = new Txn();
        txn.ts = Long.parseLong(cells[0]);
        txn.card = cells[1];
        txn.amount = Double.parseDouble(cells[2]);
        txn.kind = cells[3];
        return txn;
    }

    @Override
    public String key() {
        return card;
    }
}
