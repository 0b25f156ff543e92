//! SQL.

use std::error::Error as _;

use hazelcast_client::{
    BigDecimal, BigInteger, Client, ErrorKind, Index, Json, LocalDate, LocalDateTime, LocalTime,
    OffsetDateTime, Routing, Sql, SqlError, SqlKind, SqlOutcome, SqlRows, SqlValue, Statement,
};

use crate::ROUTING;
use crate::shared::connect;
use crate::support::{Payment, eventually, is_pending_at_first, soon};

const NO_SUCH_OBJECT: i32 = 1010;
const WRONG: i32 = 1008;

async fn all(mut rows: SqlRows) -> Vec<Vec<SqlValue>> {
    let mut all = Vec::new();
    while let Some(row) = soon(rows.next()).await {
        all.push(row.unwrap().values().to_vec());
    }
    all
}

async fn numbers(sql: &Sql, name: &str, count: i64) {
    let mapping = format!(
        "CREATE OR REPLACE MAPPING \"{name}\" (__key BIGINT, this BIGINT) TYPE IMap \
         OPTIONS ('keyFormat' = 'bigint', 'valueFormat' = 'bigint')"
    );
    assert_eq!(sql.execute(Statement::new(mapping)).await.unwrap(), 0);
    let fill = format!("SINK INTO \"{name}\" SELECT v, v * 10 FROM TABLE(generate_series(1, ?))");
    sql.execute(Statement::new(fill).bind(count)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_page_by_page() {
    let (client, name) = (connect().await, "rows");
    let sql = client.sql();
    numbers(&sql, name, 1_000).await;
    let text = format!("SELECT __key AS k, this FROM \"{name}\" WHERE this > ? ORDER BY __key");
    let query = Statement::new(text).bind(100_i64).page_rows(7);
    let mut rows = sql.query(query).await.unwrap();
    let names: Vec<_> = rows.columns().iter().map(|column| (column.name.as_str(), column.kind)).collect();
    assert_eq!(names, [("k", SqlKind::BigInt), ("this", SqlKind::BigInt)]);
    assert!(!rows.is_infinite());
    let mut keys = Vec::new();
    while let Some(row) = soon(rows.next()).await {
        let row = row.unwrap();
        let (key, value): (i64, i64) = (row.get("k").unwrap(), row.get(1).unwrap());
        assert_eq!(value, key * 10);
        assert_eq!(row.get::<i32>(0).unwrap_err().kind(), ErrorKind::Data);
        assert_eq!(row.get::<i64>("other").unwrap_err().kind(), ErrorKind::Data);
        keys.push(key);
    }
    assert_eq!(keys, (11..=1_000).collect::<Vec<_>>());
    assert!(rows.next().await.is_none());
    assert_eq!(client.map::<i64, i64>(name).get(&1_000).await.unwrap(), Some(10_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_find_the_member_of_their_argument() {
    let client = connect().await;
    let sql = client.sql();
    numbers(&sql, "by-key", 100).await;
    let one = Statement::new("SELECT this FROM \"by-key\" WHERE __key = ?");
    for key in 1..=100_i64 {
        let rows = sql.query(one.clone().bind(key)).await.unwrap();
        assert_eq!(all(rows).await, [[SqlValue::BigInt(key * 10)]]);
    }
    let known = format!("{sql:?}");
    assert!(known.contains(r#"__key = ?": 0"#), "which argument says where it lies was learned: {known}");
    let update = Statement::new("UPDATE \"by-key\" SET this = ? WHERE __key = ?").bind(7_i64).bind(5_i64);
    assert_eq!(sql.execute(update).await.unwrap(), 0);
    assert_eq!(client.map::<i64, i64>("by-key").get(&5).await.unwrap(), Some(7));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_types_are_read() {
    let client = connect().await;
    let sql = client.sql();
    let text = "SELECT CAST('a' AS VARCHAR), TRUE, CAST(1 AS TINYINT), CAST(-2 AS SMALLINT), CAST(3 AS INT), \
        CAST(-4 AS BIGINT), CAST(1.25 AS DECIMAL), CAST(0.5 AS REAL), CAST(-0.25 AS DOUBLE), CAST('2026-03-01' AS DATE), \
        CAST(? AS TIME), CAST(? AS TIMESTAMP), CAST(? AS TIMESTAMP WITH TIME ZONE), NULL, CAST('[1]' AS JSON)";
    let (date, second) = (LocalDate { year: 2026, month: 3, day: 1 }, |nanosecond| LocalTime {
        hour: 10,
        minute: 11,
        second: 12,
        nanosecond,
    });
    let local = LocalDateTime { date, time: second(500_000_000) };
    let offset = OffsetDateTime { local, offset_seconds: 3_600 };
    let query = Statement::new(text).bind(second(13)).bind(local).bind(offset);
    let rows = sql.query(query).await.unwrap();
    let kinds: Vec<_> = rows.columns().iter().map(|column| column.kind).collect();
    let expected = [
        SqlValue::Varchar("a".to_owned()),
        SqlValue::Boolean(true),
        SqlValue::TinyInt(1),
        SqlValue::SmallInt(-2),
        SqlValue::Integer(3),
        SqlValue::BigInt(-4),
        SqlValue::Decimal(BigDecimal { unscaled: BigInteger::from(125), scale: 2 }),
        SqlValue::Real(0.5),
        SqlValue::Double(-0.25),
        SqlValue::Date(date),
        SqlValue::Time(second(13)),
        SqlValue::Timestamp(local),
        SqlValue::TimestampWithTimeZone(offset),
        SqlValue::Null,
        SqlValue::Json(Json::new("[1]")),
    ];
    assert_eq!(all(rows).await, [expected]);
    let told = [
        SqlKind::Varchar,
        SqlKind::Boolean,
        SqlKind::TinyInt,
        SqlKind::SmallInt,
        SqlKind::Integer,
        SqlKind::BigInt,
        SqlKind::Decimal,
        SqlKind::Real,
        SqlKind::Double,
        SqlKind::Date,
        SqlKind::Time,
        SqlKind::Timestamp,
        SqlKind::TimestampWithTimeZone,
        SqlKind::Null,
        SqlKind::Json,
    ];
    assert_eq!(kinds, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn nulls_stand_where_they_are() {
    let client = connect().await;
    let sql = client.sql();
    // Ten rows, more than one byte of bits has; of each sort of column one.
    let text = "SELECT CASE WHEN MOD(v, 3) = 0 THEN NULL ELSE v END, CASE WHEN v > 3 THEN NULL ELSE CAST(v AS VARCHAR) END, \
        CAST(NULL AS INT), CASE WHEN v < 9 THEN NULL ELSE CAST(v AS DECIMAL) END \
        FROM TABLE(generate_series(1, 10)) ORDER BY v";
    let rows = all(sql.query(Statement::new(text)).await.unwrap()).await;
    let column = |at: usize| rows.iter().map(|row| row[at] != SqlValue::Null).collect::<Vec<_>>();
    assert_eq!(column(0), (1..=10).map(|v| v % 3 != 0).collect::<Vec<_>>());
    assert_eq!(column(1), (1..=10).map(|v| v <= 3).collect::<Vec<_>>());
    assert_eq!(column(2), [false; 10]);
    assert_eq!(column(3), (1..=10).map(|v| v >= 9).collect::<Vec<_>>());
    let arguments =
        Statement::new("SELECT CAST(? AS VARCHAR), CAST(? AS BIGINT)").bind(None::<String>).bind(7_i64);
    let rows = all(sql.query(arguments).await.unwrap()).await;
    assert_eq!(rows, [[SqlValue::Null, SqlValue::BigInt(7)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_what_was_put() {
    let client = connect().await;
    let map = client.map::<i32, Payment>("sql-payments");
    // A member looks at an entry of its own, and all can be asked only where all are connected.
    let keys = if ROUTING == Routing::AllMembers { 1..2 } else { 1..100 };
    for key in keys {
        map.set(&key, &Payment::new("x", 3)).await.unwrap();
    }
    let sql = client.sql();
    let mapping = sql.mapping_for("sql-payments").await.unwrap().unwrap();
    sql.execute(Statement::new(mapping)).await.unwrap();
    let query = Statement::new("SELECT __key, amount, this FROM \"sql-payments\" WHERE __key = 1");
    // One that has not seen the type before.
    let other = connect().await;
    let mut rows = other.sql().query(query).await.unwrap();
    let row = soon(rows.next()).await.unwrap().unwrap();
    assert_eq!((row.get::<i32>(0).unwrap(), row.get::<Option<i64>>("amount").unwrap()), (1, Some(3)));
    assert_eq!(row.object::<Payment>("this").await.unwrap(), Some(Payment::new("x", 3)));
    assert_eq!(row.object::<Payment>(0).await.unwrap_err().kind(), ErrorKind::Data);
    assert_eq!(sql.mapping_for("nothing-there").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_codes_and_suggestions() {
    let client = connect().await;
    let sql = client.sql();
    // The member that is asked suggests what suits an entry of its own.
    let entries: Vec<_> = (0..100).map(|key| (key, key)).collect();
    let unmapped = client.map::<i64, i64>("unmapped");
    unmapped.put_all(entries.iter().map(|(key, value)| (key, value))).await.unwrap();
    let error = sql.query(Statement::new("SELECT * FROM unmapped")).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(NO_SUCH_OBJECT)), "{error}");
    let source = error.source().unwrap().downcast_ref::<SqlError>().unwrap();
    let suggestion = source.suggestion.clone().unwrap();
    // It helps.
    sql.execute(Statement::new(suggestion)).await.unwrap();
    assert_eq!(all(sql.query(Statement::new("SELECT * FROM unmapped")).await.unwrap()).await.len(), 100);
    let error = sql.query(Statement::new("SELEKT 1")).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(WRONG)), "{error}");
    let error = sql.execute(Statement::new("SELECT 1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    let outcome = sql.run(Statement::new("SELECT 1")).await.unwrap();
    assert!(matches!(outcome, SqlOutcome::Rows(_)));
    let outcome = sql.run(Statement::new("DELETE FROM unmapped WHERE __key = 1")).await.unwrap();
    assert!(matches!(outcome, SqlOutcome::Updated(0)), "{outcome:?}");
    // In the midst of the rows.
    let late = "SELECT 1 / (v - 9) FROM TABLE(generate_series(1, 20))";
    let mut rows = sql.query(Statement::new(late).page_rows(2)).await.unwrap();
    let error = loop {
        match soon(rows.next()).await.unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(2_000)), "{error}");
    assert!(rows.next().await.is_none());
}

/// Whether members run this query.
async fn runs(client: &Client, text: &str) -> bool {
    let jobs = client.jet().jobs().await.unwrap();
    jobs.iter().any(|job| job.query.as_deref() == Some(text) && !job.status.is_over())
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_rows_come_as_they_are_taken_and_end_when_dropped() {
    let client = connect().await;
    let sql = client.sql();
    let text = "SELECT v FROM TABLE(generate_stream(1000))";
    let query = Statement::new(text).page_rows(5);
    let mut rows = sql.query(query.clone()).await.unwrap();
    assert!(rows.is_infinite());
    for expected in 0..50_i64 {
        assert_eq!(soon(rows.next()).await.unwrap().unwrap().get::<i64>(0).unwrap(), expected);
    }
    // Members list a job a little after it has begun.
    eventually("it runs", || async { runs(&client, text).await.then_some(()) }).await;
    rows.close().await;
    eventually("it is closed", || async { (!runs(&client, text).await).then_some(()) }).await;
    let mut rows = sql.query(query.clone()).await.unwrap();
    assert!(soon(rows.next()).await.unwrap().is_ok());
    // Members list a job a little after it has begun.
    eventually("it runs", || async { runs(&client, text).await.then_some(()) }).await;
    drop(rows);
    eventually("it is closed", || async { (!runs(&client, text).await).then_some(()) }).await;
    // So it is where nobody has waited for its first rows.
    let mut asking = Box::pin(sql.query(query));
    assert!(is_pending_at_first(asking.as_mut()));
    drop(asking);
    assert_eq!(all(sql.query(Statement::new("SELECT 1")).await.unwrap()).await.len(), 1);
    eventually("it is closed", || async { (!runs(&client, text).await).then_some(()) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_are_used() {
    let client = connect().await;
    let sql = client.sql();
    numbers(&sql, "sql-indexed", 100).await;
    let explain = "EXPLAIN PLAN FOR SELECT __key FROM \"sql-indexed\" WHERE this > 500";
    let plan = |rows: Vec<Vec<SqlValue>>| format!("{rows:?}");
    let before = plan(all(sql.query(Statement::new(explain)).await.unwrap()).await);
    assert!(!before.contains("IndexScan"), "{before}");
    client.map::<i64, i64>("sql-indexed").add_index(&Index::sorted(["this"])).await.unwrap();
    let after = plan(all(sql.query(Statement::new(explain)).await.unwrap()).await);
    assert!(after.contains("IndexScan") && after.contains("sql-indexed_sorted_this"), "{after}");
}
