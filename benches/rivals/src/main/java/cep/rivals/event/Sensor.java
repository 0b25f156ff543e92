package cep.rivals.event;

/** A reading of a machine. */
public class Sensor extends Event {
    public String machine;
    public double temp;
    public String status;

    /** From the cells of a row. */
    public static Sensor of(String[] cells) {
        var sensor = new Sensor();
        sensor.ts = Long.parseLong(cells[0]);
        sensor.machine = cells[1];
        sensor.temp = Double.parseDouble(cells[2]);
        sensor.status = cells[3];
        return sensor;
    }

    @Override
    public String key() {
        return machine;
    }
}
