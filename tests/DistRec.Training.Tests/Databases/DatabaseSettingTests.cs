using DistRec.Training.Databases;
using Npgsql;

namespace DistRec.Training.Tests.Databases;

public sealed class DatabaseSettingTests
{
    [Fact]
    public void An_address_has_its_parts_where_psql_has_them()
    {
        NpgsqlConnectionStringBuilder settings = DatabaseSetting.ReadPostgres("--journal", "postgresql://anna:p%40ss%3Aword@db.example:6000/jobs?sslmode=verify-full")!;

        (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password, settings.SslMode)
            .ShouldBe(("db.example", 6000, "jobs", "anna", "p@ss:word", SslMode.VerifyFull));
    }

    [Fact]
    public void What_is_left_out_is_the_usual()
    {
        NpgsqlConnectionStringBuilder settings = DatabaseSetting.ReadPostgres("--journal", "postgres://db/jobs")!;

        (settings.Port, settings.Username, settings.Password).ShouldBe((5432, null, null));
        DatabaseSetting.ReadPostgres("--journal", "/var/lib/distrec/journal.db").ShouldBeNull();
    }

    [Theory]
    [InlineData("", "found nothing")]
    [InlineData("mysql://host/db", "the scheme \"mysql\"")]
    [InlineData("postgresql://host", "found no database")]
    [InlineData("postgresql:///db", "found no host")]
    [InlineData("postgresql://host/db?sslmode=perhaps", "\"sslmode=perhaps\"")]
    [InlineData("postgresql://host/db?port=99999", "\"port=99999\"")]
    [InlineData("postgresql://host/db?timeout=1", "\"timeout=1\"")]
    public void What_cannot_be_understood_is_refused_without_showing_a_password(string setting, string said)
    {
        InputException refused = Should.Throw<InputException>(() => DatabaseSetting.ReadPostgres("--journal", setting));

        refused.Message.ShouldStartWith("--journal");
        refused.Message.ShouldContain(said);
        Should.Throw<InputException>(() => DatabaseSetting.ReadPostgres("--journal", "postgresql://anna:secret@host")).Message.ShouldNotContain("secret");
    }
}
