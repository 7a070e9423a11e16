using Parquet;
using Parquet.Schema;

namespace DistRec.Data.Tests.Readers;

/// <summary>Ratings in the forms that other programs write: Parquet, JSON lines, typed headers, comments, other units of time.</summary>
public sealed class FileFormTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parquet_files_are_read_by_the_names_of_their_columns_over_all_row_groups()
    {
        string path = await WriteParquetAsync("ratings.parquet", groups: 3);

        RatingData data = RatingReader.Read(path, new ReadOptions { BlockSize = 64, Threads = 2 });

        data.Format.ShouldBe("text, Parquet");
        RatingText.Of(data).ShouldBe(
        [
            "a b i0 1.5 @1656460800", "a b i1 2.5 @1656460800", "7 i0 1.5 @1656460800", "7 i1 2.5 @1656460800", "\"q\" i0 1.5 @1656460800", "\"q\" i1 2.5 @1656460800",
        ]);
    }

    [Fact]
    public async Task Parquet_is_told_by_its_content_whatever_its_name_and_a_missing_rating_by_its_row()
    {
        string path = await WriteParquetAsync("ratings.csv", groups: 1, missing: true);

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldBe("ratings.csv:3: expected a finite number as rating, found \"\"; remove rows without a rating");
    }

    [Fact]
    public async Task A_cut_off_parquet_file_is_refused_as_damaged()
    {
        byte[] whole = File.ReadAllBytes(await WriteParquetAsync("whole.parquet", groups: 2));
        for (int length = 4; length < whole.Length; length += 97)
        {
            string path = _folder.Write("cut.parquet", whole[..length]);
            Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldStartWith("cut.parquet: expected a whole Parquet file, found a damaged one");
        }
    }

    [Fact]
    public void Json_lines_are_read_by_the_names_of_their_properties()
    {
        string path = _folder.Write(
            "reviews.jsonl",
            "{\"rating\": 5.0, \"title\": \"a, b\", \"images\": [{\"url\": \"x\"}], \"asin\": \"B01\", \"user_id\": \"u\\u00e91\", \"timestamp\": 1588687728923}\n"
            + "\n{\"user_id\": 42, \"asin\": \"B02\", \"rating\": 3, \"timestamp\": 1588687729923, \"verified\": true}\r\n");

        RatingData data = RatingReader.Read(path, new ReadOptions { BlockSize = 256, Threads = 2 });

        RatingText.Of(data).ShouldBe(["ué1 B01 5 @1588687728", "42 B02 3 @1588687729"]);
        data.Notes.ShouldBe(["reviews.jsonl: times are read as milliseconds since 1970"]);
        data.Format.ShouldBe("text, JSON lines");
    }

    [Theory]
    [InlineData("{\"user\":1,\"item\":2,\"rating\":3}\n{\"user\":1,\"item\":\n", "r.jsonl:2: expected a JSON object, found \"{\"user\":1,\"item\":\"; write one object a line")]
    [InlineData("{\"user\":1,\"item\":2,\"rating\":3}\n{\"user\":1,\"rating\":4}\n", "r.jsonl:2: expected an item id, found nothing; give every rating a user and an item")]
    [InlineData("{\"user\":1,\"item\":2,\"rating\":3}\n{\"user\":1,\"item\":3,\"rating\":null}\n", "r.jsonl:2: expected a finite number as rating, found \"\"; remove rows without a rating")]
    [InlineData("[\n{\"user\":1}\n]\n", "r.jsonl:1: expected one JSON object a line, found a document over several lines or a list; write a line an object, for instance with jq -c '.[]'")]
    public void Wrong_json_is_named_by_its_line(string text, string message) =>
        Should.Throw<InputException>(() => RatingReader.Read(_folder.Write("r.jsonl", text))).Message.ShouldBe(message);

    [Fact]
    public void Typed_headers_of_atomic_files_are_names()
    {
        string path = _folder.Write("ml.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n");

        RatingText.Of(RatingReader.Read(path)).ShouldBe(["196 242 3 @881250949"]);
        RatingReader.Read(_folder.Path).Ratings.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("% bip weighted\n% 3 2 2\n1 7 4\n2 8 5\n", 2)]
    [InlineData("# made today\nuser,item,rating\n1,7,4\n# half way\n2,8,5\n", 2)]
    [InlineData("# user,item,rating\n1,7,4\n2,8,5\n", 0)]
    [InlineData("# item user rating\n7 1 4\n8 2 5\n", 0)]
    [InlineData("1,7,4\n#2,8,1\n2,8,5\n", 1)]
    public void Comments_are_left_out_and_counted_unless_they_name_the_columns(string text, int comments)
    {
        RatingData data = RatingReader.Read(_folder.Write("any.txt", text), new ReadOptions { BlockSize = 32 });

        RatingText.Of(data).ShouldBe(["1 7 4", "2 8 5"]);
        data.Notes.ShouldBe(comments == 0 ? [] : [$"any.txt: {comments} lines that begin with # or % are comments and left out"]);
    }

    [Fact]
    public void Ids_that_begin_as_comments_do_are_ids_where_all_do() =>
        RatingText.Of(RatingReader.Read(_folder.Write("tags.csv", "#cats,u1,4\n#dogs,u1,2\n"))).ShouldBe(["#cats u1 4", "#dogs u1 2"]);

    [Fact]
    public void Lines_below_a_comment_keep_their_numbers() =>
        Should.Throw<InputException>(() => RatingReader.Read(_folder.Write("r.csv", "# one\n\n# two\nuser,item,rating\n1,2,3\n1,3,x\n"))).Message
            .ShouldStartWith("r.csv:6: expected a finite number as rating, found \"x\"");

    [Theory]
    [InlineData("978300760123", 978300760, "milliseconds since 1970")]
    [InlineData("1588687728923", 1588687728, "milliseconds since 1970")]
    [InlineData("1588687728923111", 1588687728, "microseconds since 1970")]
    [InlineData("1588687728923111222", 1588687728, "nanoseconds since 1970")]
    [InlineData("20200505", 1588636800, "yyyymmdd")]
    [InlineData("20200505140848", 1588687728, "yyyymmddhhmmss")]
    [InlineData("1588687728", 1588687728, null)]
    [InlineData("2020-05-05", 1588636800, null)]
    public void Times_are_read_in_the_unit_that_they_all_have_and_it_is_told(string time, long seconds, string? unit)
    {
        RatingData data = RatingReader.Read(_folder.Write("r.csv", $"u1,i1,5,{time}\n2,3,4,{time}\n"));

        data.Ratings.Timestamps.ShouldBe([seconds, seconds]);
        data.Notes.ShouldBe(unit is null ? [] : [$"r.csv: times are read as {unit}"]);
        RatingReader.Read(_folder.Write("r.csv", $"u1,i1,5,{time}\n"), new ReadOptions { KeepTimestamps = false }).Notes.ShouldBeEmpty();
    }

    [Fact]
    public void A_time_in_another_unit_than_the_first_ones_is_refused()
    {
        string path = _folder.Write("r.csv", string.Concat(Enumerable.Range(1, 30).Select(user => $"{user},1,5,{(user == 27 ? "1588687728" : "1588687728923")}\n")));

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldStartWith(
            "r.csv:27: expected a time as milliseconds since 1970, as the first lines have it, found \"1588687728\"; write all times alike");
    }

    private async Task<string> WriteParquetAsync(string name, int groups, bool missing = false)
    {
        DataField<string> user = new("user_id");
        DataField<string> item = new("item_id");
        DataField<double?> rating = new("rating");
        DataField<DateTime> time = new("timestamp");
        DataField<string> text = new("review");
        string path = Path.Combine(_folder.Path, name);
        await using FileStream file = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(user, item, rating, time, text), file);
        string[] users = ["a b", "7", "\"q\""];
        for (int group = 0; group < groups; group++)
        {
            using ParquetRowGroupWriter rows = writer.CreateRowGroup();
            DateTime day = new(2022, 6, 29, 0, 0, 0, DateTimeKind.Utc);
            await rows.WriteAsync(user, new[] { users[group], users[group] });
            await rows.WriteAsync(item, new[] { "i0", "i1" });
            await rows.WriteAsync<double>(rating, new double?[] { 1.5, missing ? null : 2.5 }.AsMemory());
            await rows.WriteAsync<DateTime>(time, new[] { day, day }.AsMemory());
            await rows.WriteAsync(text, new[] { "fine\tfilm\nreally", "" });
            rows.CompleteValidate();
        }

        return path;
    }
}
