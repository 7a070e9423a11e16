namespace DistRec.Data.Tests.Ids;

public sealed class IdMapTests
{
    private static readonly string[] Mixed =
        ["7", "007", "0", "00", "-1", "+7", "1048576", "999999999999999999", "1000000000000000000", "ünïcode", "", "a\\b\nc\rd", " space ", "1048575"];

    [Fact]
    public void Ids_are_told_apart_byte_for_byte_and_found_again()
    {
        var map = new IdMap(Mixed);

        map.Count.ShouldBe(Mixed.Length);
        map.Ids.ShouldBe(Mixed);
        for (int index = 0; index < Mixed.Length; index++)
        {
            map[index].ShouldBe(Mixed[index]);
            map.TryGetIndex(Mixed[index], out int found).ShouldBeTrue();
            found.ShouldBe(index);
        }

        foreach (string? stranger in new[] { null, "8", "0007", "1048577", "9999999", "x" })
        {
            map.TryGetIndex(stranger, out int none).ShouldBeFalse();
            none.ShouldBe(-1);
        }
    }

    [Fact]
    public void Many_ids_of_each_kind_keep_their_indices()
    {
        string[] ids = [.. Enumerable.Range(0, 30_000).Select(index => (index % 3) switch { 0 => $"{index}", 1 => $"{index}000000", _ => $"id-{index}" })];

        var map = new IdMap(ids);

        map.Ids.ShouldBe(ids);
        map.TryGetIndex("29999000000", out _).ShouldBeFalse();
        map.TryGetIndex("29998000000", out int number).ShouldBeTrue();
        number.ShouldBe(29_998);
        map.TryGetIndex("id-29999", out int text).ShouldBeTrue();
        text.ShouldBe(29_999);
    }

    [Fact]
    public void An_id_that_stands_twice_is_refused()
    {
        Should.Throw<ArgumentException>(() => new IdMap(["a", "b", "a"])).Message.ShouldContain("\"a\" stands twice");
    }

    [Fact]
    public void Saved_ids_load_the_same_whatever_they_hold()
    {
        using var stream = new MemoryStream();

        new IdMap(Mixed).Save(stream);

        System.Text.Encoding.UTF8.GetString(stream.ToArray()).Count(character => character == '\n').ShouldBe(Mixed.Length);
        stream.Position = 0;
        IdMap.Load(stream).Ids.ShouldBe(Mixed);
    }

    [Theory]
    [InlineData("a\nb\na\n", "ids:3: expected each id once, found \"a\" again; restore the file from its source")]
    [InlineData("a\\x\n", "ids:1: expected \\\\, \\n or \\r after a backslash, found \"a\\x\"; restore the file from its source")]
    public void A_spoilt_map_is_refused(string text, string message)
    {
        Should.Throw<InputException>(() => IdMap.Load(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)))).Message.ShouldBe(message);
    }

    [Fact]
    public void A_cleared_table_remembers_nothing()
    {
        var table = new IdTable();
        foreach (string id in Mixed)
        {
            table.GetOrAdd(System.Text.Encoding.UTF8.GetBytes(id));
        }

        table.Clear();

        table.Count.ShouldBe(0);
        table.Find("7"u8).ShouldBe(-1);
        table.Find("007"u8).ShouldBe(-1);
        table.Find("1048576"u8).ShouldBe(-1);
        table.GetOrAdd("1048576"u8).ShouldBe(0);
        table.GetOrAdd("007"u8).ShouldBe(1);
    }
}
