package cep.rivals.event;

/** A price of a symbol. */
public class Stock extends Event {
    public String symbol;
    public double price;
    public long volume;

    /** From the cells of a row. */
    public static Stock of(String[] cells) {
        var stock = new Stock();
        stock.ts = Long.parseLong(cells[0]);
        stock.symbol = cells[1];
        stock.price = Double.parseDouble(cells[2]);
        stock.volume = Long.parseLong(cells[3]);
        return stock;
    }

    @Override
    public String key() {
        return symbol;
    }
}
