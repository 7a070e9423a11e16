using System.Text;

namespace DistRec.Data.Tests.Readers;

public sealed class RatingReaderLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1\t10\t3\n2\t10\t4\n")]
    [InlineData("1,10,3\n2,10,4\n")]
    [InlineData("1;10;3\r\n2;10;4\r\n")]
    [InlineData("1::10::3\n2::10::4")]
    [InlineData("1|10|3\n2|10|4\n\n")]
    [InlineData("1 10 3\n2 10 4\n")]
    [InlineData("  1   10 3  \n2 10\t4\n")]
    [InlineData("\"1\",\"10\",\"3.0\"\n2, 10 , 4e0\n")]
    [InlineData("user_id,movieId,Rating\n1,10,3\n2,10,4\n")]
    [InlineData("rating;junk;ITEM;User\n3;x;10;1\n4;y;10;2\n")]
    public void A_delimited_file_is_read_whatever_separates_its_columns(string text)
    {
        RatingData data = RatingReader.Read(_folder.Write("any.txt", text));

        RatingText.Of(data).ShouldBe(["1 10 3", "2 10 4"]);
        data.Ratings.Timestamps.ShouldBeNull();
        data.Titles.ShouldBeEmpty();
    }

    [Fact]
    public void Indices_follow_the_first_appearance_in_the_file_and_rows_ascend()
    {
        RatingData data = RatingReader.Read(_folder.Write("any.csv", "b,y,1\na,x,2\nb,x,3\nb,z,4\na,y,5\n"));

        data.Users.Ids.ShouldBe(["b", "a"]);
        data.Items.Ids.ShouldBe(["y", "x", "z"]);
        RatingText.Of(data).ShouldBe(["b y 1", "b x 3", "b z 4", "a y 5", "a x 2"]);
    }

    [Fact]
    public void Ids_with_leading_zeros_are_text_of_their_own()
    {
        RatingData data = RatingReader.Read(_folder.Write("ratings.dat", "1::0104257::8::1364690142\n1::104257::7::1364690143\n"));

        data.Items.Ids.ShouldBe(["0104257", "104257"]);
        RatingText.Of(data).ShouldBe(["1 0104257 8 @1364690142", "1 104257 7 @1364690143"]);
    }

    [Fact]
    public void A_movielens_100k_folder_has_latin_titles()
    {
        _folder.Write("u.data", "196\t242\t3\t881250949\n186\t302\t3\t891717742\n");
        _folder.Write("u.item", "242|Café (1996)|x|y\n302|L.A. Confidential (1997)|x|y\n9|Unrated (2000)|x|y\n", Encoding.Latin1);

        RatingData data = RatingReader.Read(_folder.Path);

        data.Titles.ShouldBe(["Café (1996)", "L.A. Confidential (1997)"]);
        data.Ratings.Timestamps.ShouldNotBeNull();
        data.Format.ShouldBe("MovieLens 100K, separated by tabs");
    }

    [Fact]
    public void A_movielens_10m_folder_has_half_stars_and_titles_in_either_encoding()
    {
        _folder.Write("ratings.dat", "1::122::4.5::838985046\n1::185::0.5::838983525\n");
        _folder.Write("movies.dat", "122::Amélie: the film (2001)::Comedy\n", Encoding.UTF8);

        RatingData data = RatingReader.Read(_folder.Path);

        RatingText.Of(data).ShouldBe(["1 122 4.5 @838985046", "1 185 0.5 @838983525"]);
        data.Titles.ShouldBe(["Amélie: the film (2001)", null]);
    }

    [Fact]
    public void A_movielens_20m_folder_has_quoted_titles()
    {
        _folder.Write("ratings.csv", "userId,movieId,rating,timestamp\r\n1,2,3.5,1112486027\r\n1,29,3.5,1112484676\r\n");
        _folder.Write("movies.csv", "movieId,title,genres\r\n2,\"American President, The \"\"1995\"\"\",Drama\r\n29,Plain,X\r\n");

        RatingReader.Read(_folder.Path).Titles.ShouldBe(["American President, The \"1995\"", "Plain"]);
    }

    [Theory]
    [InlineData("mv_0000001.txt", "mv_0000002.txt")]
    [InlineData("training_set/mv_0000001.txt", "training_set/mv_0000002.txt")]
    [InlineData("combined_data_1.txt", "combined_data_2.txt")]
    public void A_netflix_folder_opens_items_by_headings(string first, string second)
    {
        _folder.Write(first, "1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n");
        _folder.Write(second, "2:\n822109,4,1999-12-31\n3:\n4:\n1488844,1,2005-09-06\n");
        _folder.Write("movie_titles.txt", "1,2003,Dinosaur Planet\n2,2004,Isle of Man, née TT\n3,1997,Character\n", Encoding.Latin1);

        RatingData data = RatingReader.Read(_folder.Path);

        RatingText.Of(data).ShouldBe(
        [
            "1488844 1 3 @1125964800", "1488844 4 1 @1125964800", "822109 1 5 @1115942400", "822109 2 4 @946598400",
        ]);
        data.Items.Ids.ShouldBe(["1", "2", "4"]);
        data.Titles.ShouldBe(["Dinosaur Planet", "Isle of Man, née TT", null]);
        data.Format.ShouldStartWith("Netflix Prize");
    }

    [Fact]
    public void Gzip_is_told_by_its_bytes_wherever_it_stands()
    {
        _folder.WriteGzip("ratings.csv", "\uFEFFuserId,movieId,rating\n1,2,3\n");
        _folder.WriteGzip("movies.csv", "movieId,title\n2,Two\n");

        RatingData data = RatingReader.Read(_folder.Path);

        RatingText.Of(data).ShouldBe(["1 2 3"]);
        data.Titles.ShouldBe(["Two"]);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_id()
    {
        RatingReader.Read(_folder.Write("any.csv", "\uFEFF1,2,3\n4,2,5\n")).Users.Ids.ShouldBe(["1", "4"]);
    }

    [Fact]
    public void Columns_can_be_named_and_left_out()
    {
        string path = _folder.Write("any.csv", "x,4.5,i1,77,u1\nx,2,i2,78,u1\n");

        RatingData data = RatingReader.Read(path, new ReadOptions { Columns = ["-", "rating", "item", "timestamp", "user"] });

        RatingText.Of(data).ShouldBe(["u1 i1 4.5 @77", "u1 i2 2 @78"]);
    }

    [Fact]
    public void Named_columns_step_over_a_header_of_other_names()
    {
        string path = _folder.Write("any.csv", "Nutzer;Film;Note\nu1;i1;4,5\n");

        RatingData data = RatingReader.Read(path, new ReadOptions { Columns = ["user", "item", "rating"], DecimalComma = true, HasHeader = true });

        RatingText.Of(data).ShouldBe(["u1 i1 4.5"]);
    }

    [Fact]
    public void Times_may_be_dates_with_a_time_of_day()
    {
        RatingData data = RatingReader.Read(_folder.Write("rating.csv", "userId,movieId,rating,timestamp\n1,2,3.5,2005-04-02 23:53:47\n"));

        data.Ratings.Timestamps.ShouldBe([1112486027]);
    }

    [Fact]
    public void Timestamps_can_be_left_out()
    {
        string path = _folder.Write("u.data", "1\t2\t3\t4\n");

        RatingReader.Read(path, new ReadOptions { KeepTimestamps = false }).Ratings.Timestamps.ShouldBeNull();
    }

    [Theory]
    [InlineData("0.1", 0.1f)]
    [InlineData("3.1415926535", 3.14159265f)]
    [InlineData("-2", -2f)]
    [InlineData("+2.5", 2.5f)]
    [InlineData("16777217", 16777216f)]
    [InlineData("1600000000", float.NaN)]
    [InlineData("000.500", 0.5f)]
    [InlineData("123456.7", 123456.7f)]
    [InlineData(".5", 0.5f)]
    [InlineData("5.", 5f)]
    [InlineData("1e-3", 0.001f)]
    public void Ratings_round_as_the_nearest_single_precision_number(string text, float expected)
    {
        string path = _folder.Write("any.csv", $"1,2,{text}\n");
        if (float.IsNaN(expected))
        {
            Should.Throw<InputException>(() => RatingReader.Read(path)).Message.ShouldContain("1,000,000");
            return;
        }

        RatingReader.Read(path).Ratings.Values.ShouldBe([expected]);
    }

    [Fact]
    public void Every_decimal_of_three_places_reads_as_the_framework_parses_it()
    {
        var text = new StringBuilder();
        for (int thousandths = 0; thousandths < 10_000; thousandths++)
        {
            text.Append($"1,{thousandths},{thousandths / 1000}.{thousandths % 1000:000}\n");
        }

        float[] values = RatingReader.Read(_folder.Write("any.csv", text.ToString())).Ratings.Values;

        values.ShouldBe(Enumerable.Range(0, 10_000).Select(thousandths => float.Parse($"{thousandths / 1000}.{thousandths % 1000:000}")));
    }
}
