using System.Text;
using DistRec.Numerics.Random;

namespace DistRec.Data.Tests.Readers;

public sealed class RatingReaderErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1,2,3\n1,3", "bad.csv:2: expected 3 columns separated by commas, found 2 in \"1,3\"; the file ends inside this line: get a complete copy")]
    [InlineData("1,2,3\n1,3,", "bad.csv:2: expected a finite number as rating, found \"\"; the file ends inside this line: get a complete copy")]
    [InlineData("1,2,3\n1;3;4\n", "bad.csv:2: expected 3 columns separated by commas, found 1 in \"1;3;4\"; this line is separated by semicolons: use one separator throughout")]
    [InlineData("1,2,3\n1,3,4,5,6\n", "bad.csv:2: expected 3 columns separated by commas, found 5 in \"1,3,4,5,6\"; every line needs the columns of the first: mend the line, or quote a field that holds the separator")]
    [InlineData("1;2;3\n1;3;4,5\n", "bad.csv:2: expected a finite number as rating, found \"4,5\"; use --decimal-comma or a dot")]
    [InlineData("1,2,3\n1,3,NaN\n", "bad.csv:2: expected a finite number as rating, found \"NaN\"; correct the rating, or name the columns with --columns user,item,rating")]
    [InlineData("1,2,3\n1,3,Infinity\n", "bad.csv:2: expected a finite number as rating, found \"Infinity\"; correct the rating, or name the columns with --columns user,item,rating")]
    [InlineData("1,2,3\n1,3,1e40\n", "bad.csv:2: expected a finite number as rating, found \"1e40\"; correct the rating, or name the columns with --columns user,item,rating")]
    [InlineData("1,2,3\n1,3,2000000000\n", "bad.csv:2: expected a rating between -1,000,000,000 and 1,000,000,000, found \"2000000000\"; check which column is the rating, or name the columns with --columns")]
    [InlineData("1,2,3\n,3,4\n", "bad.csv:2: expected a user id, found nothing; give every rating a user and an item")]
    [InlineData("1,2,3\n1,\"\",4\n", "bad.csv:2: expected an item id, found nothing; give every rating a user and an item")]
    [InlineData("1,2,3,44\n1,3,4,later\n", "bad.csv:2: expected a time as seconds since 1970 or as yyyy-mm-dd, found \"later\"; correct it, or leave the column out with --columns user,item,rating,-")]
    [InlineData("", "bad.csv: expected lines of user, item and rating, found an empty file; check that the file was written to its end")]
    [InlineData("\n \n", "bad.csv: expected lines of user, item and rating, found only blank lines; check that the file was written to its end")]
    [InlineData("user,item,rating\n", "bad.csv: expected ratings, found none; check that the file was written to its end")]
    [InlineData("1\n3\n", "bad.csv:1: expected user, item and rating separated by commas, tabs, semicolons, \"::\", \"|\" or spaces, found \"1\"; give every rating a line with these three columns")]
    [InlineData("a,b,c\n1,2,3\n", "bad.csv:1: expected a rating, or names such as user,item,rating,timestamp, found \"a,b,c\"; name the columns with --columns user,item,rating, or mend the line")]
    [InlineData("1,2,3,4,5\n", "bad.csv:1: expected three or four columns, or a line of names such as user,item,rating, found 5 columns; name them with --columns, for instance --columns -,user,item,rating,-")]
    [InlineData("1:\n5,4,2005-01-01\n5,4\n", "bad.csv:3: expected 3 columns separated by commas, found 2 in \"5,4\"; every line needs the columns of the first: mend the line, or quote a field that holds the separator")]
    [InlineData("1,2,3\n\0,2,3\n", "bad.csv: expected UTF-8 text, Parquet or gzip, found a binary file; unpack or convert it first")]
    public void A_wrong_file_is_refused_by_what_is_wrong_with_it(string text, string message)
    {
        string path = _folder.Write("bad.csv", text);

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldBe(message);
    }

    [Fact]
    public void Blank_lines_above_the_header_count_as_lines()
    {
        string path = _folder.Write("bad.csv", "\n\r\nuser,item,rating\n1,2,3\n1,3,x\n");

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldStartWith("bad.csv:5: expected a finite number");
    }

    [Fact]
    public void Whatever_bytes_are_spoilt_the_file_is_read_or_refused_by_name()
    {
        string[] texts =
        [
            "user,item,rating,time\r\n1,20,3.5,881250949\r\n\"2\",x,4,881250950\r\n3,20,1e0,881250951\r\n",
            "1::1193::5::978300760\n1::661::3::978302109\n2::0661::4::978301968",
            "1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n12:\n822109,4,1999-12-31\n",
        ];
        byte[] spoilers = [.. ",:;|\t \n\r\"-.0519ex"u8, 0, 0x80, 0xC3, 0xFF];
        for (int round = 0; round < 500; round++)
        {
            var random = new EntityRandom(1, RandomPurpose.VisitOrder, round);
            byte[] bytes = Encoding.UTF8.GetBytes(texts[round % texts.Length]);
            for (int change = 0; change <= round % 4; change++)
            {
                bytes[random.NextInt(bytes.Length)] = spoilers[random.NextInt(spoilers.Length)];
            }

            string path = _folder.Write("spoilt.txt", bytes[..(1 + random.NextInt(bytes.Length))]);
            try
            {
                RatingReader.Read(path, new ReadOptions { Threads = 1, BlockSize = 64 }).Ratings.Count.ShouldBeGreaterThan(0);
            }
            catch (InputException error)
            {
                error.Message.ShouldStartWith("spoilt.txt");
            }
        }
    }

    [Fact]
    public void Ids_in_another_encoding_are_refused()
    {
        string path = _folder.Write("bad.csv", "rené,2,3\n", Encoding.Latin1);

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldContain("bad.csv:1: expected a user id in UTF-8");
    }

    [Fact]
    public void Ratings_outside_the_given_range_are_refused()
    {
        string path = _folder.Write("bad.csv", "1,2,3\n1,3,6\n1,4,0.5\n");

        InputException error = Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { MinRating = 1, MaxRating = 5 }));

        error.Message.Split(Environment.NewLine).ShouldBe(
        [
            "bad.csv:2: expected a rating between 1 and 5, found \"6\"; correct the rating or widen --min-rating and --max-rating",
            "bad.csv:3: expected a rating between 1 and 5, found \"0.5\"; correct the rating or widen --min-rating and --max-rating",
        ]);
    }

    [Fact]
    public void Missing_paths_are_named()
    {
        string path = Path.Combine(_folder.Path, "nowhere");

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message
            .ShouldBe($"{path}: expected a file or folder of ratings, found nothing there; check the path");
        Should.Throw<InputException>(() => RatingReader.Read(_folder.Path)).Message
            .ShouldBe($"{_folder.Path}: expected u.data, ratings.dat, ratings.csv, mv_*.txt, combined_data_*.txt or a single text file, found none of them; check the path");
    }

    [Fact]
    public void Damaged_and_cut_off_gzip_files_are_told_apart_from_text()
    {
        byte[] whole = TemporaryFolder.Gzip(string.Concat(Enumerable.Range(0, 5000).Select(line => $"{line * 7919 % 4999},{line},{line % 5}\n")));
        byte[] damaged = [.. whole];
        damaged.AsSpan(whole.Length / 2, 8).Fill(0xFF);

        foreach (byte[] bytes in new[] { whole[..(whole.Length / 2)], whole[..^9], whole[..12], damaged })
        {
            string path = _folder.Write("bad.csv.gz", bytes);
            Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { Threads = 1 })).Message.ShouldContain("bad.csv.gz: expected a whole gzip file");
        }

        RatingReader.Read(_folder.Write("two.csv.gz", [.. TemporaryFolder.Gzip("1,2,3\n"), .. TemporaryFolder.Gzip("1,3,4\n")])).Ratings.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("PK\u0003\u0004 and more", "a zip archive")]
    public void Other_kinds_of_file_are_named(string text, string kind)
    {
        string path = _folder.Write("ratings.csv", text);

        Should.Throw<InputException>(() => RatingReader.Read(path)).Message
            .ShouldBe($"ratings.csv: expected UTF-8 text, Parquet or gzip, found {kind}; unpack or convert it first");
    }

    [Fact]
    public void Named_columns_must_hold_what_a_rating_needs()
    {
        string path = _folder.Write("any.csv", "1,2,3\n");

        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { Columns = ["user", "-", "rating"] })).Message
            .ShouldBe("--columns: expected a column named item, found \"user,-,rating\"; name the columns in their order, for instance --columns user,item,rating,timestamp, and - for those to leave out");
        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { Columns = ["user", "item", "-", "rating"] })).Message
            .ShouldContain("any.csv:1: expected the 4 columns of --columns, found 3");
    }

    [Fact]
    public void A_line_longer_than_a_block_is_refused()
    {
        string path = _folder.Write("any.csv", $"1,2,3\n{new string('x', 500)},2,3\n");

        Should.Throw<InputException>(() => RatingReader.Read(path, new ReadOptions { BlockSize = 100 })).Message
            .ShouldContain("expected lines of at most 100 bytes");
    }
}
