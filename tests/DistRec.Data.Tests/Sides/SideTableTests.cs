using System.Text;

namespace DistRec.Data.Tests.Sides;

public sealed class SideTableTests : IDisposable
{
    private static readonly IdMap Numbers = new(["1", "2", "3", "4"]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Users_of_MovieLens_100K_have_age_gender_occupation_and_zip()
    {
        SideTable table = Users("u.user", "2|53|F|other|94043\n9|7|M|student|55436\n1|24|M|technician|V3N4P\n");

        Text(table).ShouldBe(["age: 24 53 - -", "gender: M F - -", "occupation: technician other - -", "zip: V3N4P 94043 - -"]);
        table.Entity.ShouldBe(RelationEntity.User);
        table.Columns[2].Names.ShouldBe(["other", "technician"]);
    }

    [Fact]
    public void Items_of_MovieLens_100K_have_years_and_genres()
    {
        string Flags(params int[] set) => string.Join('|', Enumerable.Range(0, 19).Select(flag => set.Contains(flag) ? 1 : 0));
        SideTable table = Items(
            "u.item",
            $"1|Toy Story (1995)|01-Jan-1996||http://a|{Flags(3, 4, 5)}\n2|Les Misérables|11-Feb-1998|||{Flags(8)}\n3|Heidi (1993) (TV) |||b|{Flags()}\n4|unknown||||{Flags(0)}\n",
            Encoding.Latin1);

        Text(table).ShouldBe(["year: 1995 1998 1993 -", "genre: Animation=0.333+Children's=0.333+Comedy=0.333 Drama - unknown"]);
    }

    [Fact]
    public void Users_and_movies_of_MovieLens_1M_are_read()
    {
        Text(Users("users.dat", "1::F::1::10::48067\n2::M::56::16::70072-12\n")).ShouldBe(["gender: F M - -", "age: 1 56 - -", "occupation: 10 16 - -", "zip: 48067 70072-12 - -"]);
        Text(Items("movies.dat", "2::Jumanji (1995)::Adventure|Fantasy\r\n1::\"Great\" Cats: A Life (1998)::Musical\r\n"))
            .ShouldBe(["year: 1998 1995 - -", "genre: Musical Adventure=0.5+Fantasy=0.5 - -"]);
    }

    [Fact]
    public void Movies_and_users_of_MovieTweetings_are_read()
    {
        SideTable table = SideTable.ReadItems(
            _folder.Write("movies.dat", "0002844::Fantômas - À l'ombre de la guillotine (1913)::Crime|Drama\n0000008::Edison (1894)::\n"), new IdMap(["0002844", "0000008", "8"]));

        Text(table).ShouldBe(["year: 1913 1894 -", "genre: Crime=0.5+Drama=0.5 - -"]);
        Users("users.dat", "1::177651718\n2::139564917\n").Columns.ShouldBeEmpty();
    }

    [Fact]
    public void Movies_of_the_latest_MovieLens_have_quoted_titles()
    {
        SideTable table = Items("movies.csv", "movieId,title,genres\r\n1,\"American President, The (1995)\",Comedy|Drama|Comedy\r\n2,\"Series (2006–2007)\",(no genres listed)\r\n3,Sequel 2001,War\r\n");

        Text(table).ShouldBe(["year: 1995 2006 - -", "genre: Comedy=0.5+Drama=0.5 - War -"]);
    }

    [Fact]
    public void A_table_with_a_header_has_categories_lists_and_numbers()
    {
        SideTable table = Items("films.tsv", "id\tCountry\ttags\tmoods:list\tlength:number\ttitle\tyear\n3\tFR\ta|b\tdark\t92.5\tX (1900)\t1999\n1\t \t\tdark|odd\t\tY\t\n\n2\tDE\tb\t\t-7\tZ\t2001\n");

        Text(table).ShouldBe(
        [
            "Country: - DE FR -", "tag: - b a=0.5+b=0.5 -", "moods: dark=0.5+odd=0.5 - dark -", "length: - length=-7 length=92.5 -",
            "title: Y Z X (1900) -", "year: - 2001 1999 -",
        ]);
    }

    [Fact]
    public void Packed_files_are_read_as_plain_ones() =>
        Text(SideTable.ReadUsers(_folder.WriteGzip("u.user.gz", "1|24|M|technician|85711\n"), Numbers))[1].ShouldBe("gender: M - - -");

    [Theory]
    [InlineData("u.user", "1|24|M|technician|85711\n2|53|F|other\n", "u.user:2: expected 5 fields separated by \"|\", found 4; mend the line, or quote fields that hold the separator")]
    [InlineData("people.csv", "id,sex\n1,M\n2,F\n1,F\n", "people.csv:4: expected one line for each id, found \"1\" again; remove one of the lines")]
    [InlineData("people.csv", "id,tall:number\n1,high\n", "people.csv:2: expected a finite number as tall, found \"high\"; use a dot for decimals, and nothing for unknown")]
    [InlineData("people.csv", "id,tall:number\n1,NaN\n", "people.csv:2: expected a finite number as tall, found \"NaN\"; use a dot for decimals, and nothing for unknown")]
    [InlineData("people.csv", "id,sex,Sex\n1,M,M\n", "people.csv:1: expected columns of different names, found \"sex\" twice; rename one of them")]
    [InlineData("people.csv", "id\n1\n", "people.csv:1: expected the names of the columns, such as id,genre,year, found \"id\"; write them above the data, separated as the data is")]
    [InlineData("people.csv", "\n", "people.csv: expected lines of ids and what is known of them, found none; check that the file was written to its end")]
    public void A_wrong_line_is_named(string name, string text, string message) =>
        Should.Throw<InputException>(() => Users(name, text)).Message.ShouldBe(message);

    [Fact]
    public void A_genre_flag_that_is_none_is_named() =>
        Should.Throw<InputException>(() => Items("u.item", $"1|A|||{string.Concat(Enumerable.Repeat("|0", 18))}|2\n")).Message.ShouldBe(
            "u.item:1: expected 0 or 1 for the genre Western, found \"2\"; restore the file from its source");

    private SideTable Users(string name, string text) => SideTable.ReadUsers(_folder.Write(name, text), Numbers);

    private SideTable Items(string name, string text, Encoding? encoding = null) => SideTable.ReadItems(_folder.Write(name, text, encoding), Numbers);

    // Each column as "name: value of each entity", "-" for none.
    private static string[] Text(SideTable table) =>
        [.. table.Columns.Select(column => $"{column.Name}: {string.Join(' ', Enumerable.Range(0, column.Values.RowCount).Select(entity => Text(column, entity)))}")];

    private static string Text(SideColumn column, int entity)
    {
        string[] values = [.. column.Values.RowColumns(entity).ToArray().Zip(column.Values.RowValues(entity).ToArray(), (code, weight) => column.Names[code] + (weight == 1 ? "" : $"={weight:0.###}"))];
        return values.Length == 0 ? "-" : string.Join('+', values);
    }
}
