using System.Text;

namespace DistRec.Models.Tests.Persistence;

public sealed class AttributesFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Attributes_come_back_with_their_model_and_older_models_have_none()
    {
        SavedModel plain = TestModels.Random();
        ModelFolder.Save(_folder["plain"], plain);
        ModelFolder.Load(_folder["plain"]).Attributes.ShouldBeSameAs(ItemAttributes.None);
        SavedModel saved = new(plain.Model, plain.Users, plain.Items, plain.Titles, plain.Ratings, plain.Description)
        {
            Attributes = ItemAttributes.Of(9, [(0, "genre", "Drama"), (0, "genre", "Comédie \"noire\""), (3, "year", "1995"), (8, "genre", "two\nlines")]),
        };

        ModelFolder.Save(_folder["m"], saved);

        File.ReadAllText(_folder["m/attributes.jsonl"]).ShouldBe(
            "{\"genre\":[\"Comédie \\\"noire\\\"\",\"Drama\"]}\n{}\n{}\n{\"year\":[\"1995\"]}\n{}\n{}\n{}\n{}\n{\"genre\":[\"two\\nlines\"]}\n");
        SavedModel loaded = ModelFolder.Load(_folder["m"]);
        loaded.Attributes.ItemCount.ShouldBe(9);
        loaded.Attributes.All.Select(attribute => attribute.Name).ShouldBe(["genre", "year"]);
        loaded.Attributes.All[0].Of(8).ToArray().Select(code => loaded.Attributes.All[0].Texts[code]).ShouldBe(["two\nlines"]);
        loaded.Description.ModelSha256.ShouldBe(plain.Description.ModelSha256);

        // What the next model does not have goes with the last one.
        ModelFolder.Save(_folder["m"], plain);
        File.Exists(_folder["m/attributes.jsonl"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData("{}\n{\"genre\":\"Drama\"}\n", "attributes.jsonl:2: expected lists of texts by name, such as {\"genre\":[\"Drama\"]}, found {\"genre\":\"Drama\"}; the file is damaged")]
    [InlineData("{}\n[1]\n", "attributes.jsonl:2: expected lists of texts")]
    [InlineData("{}\n{\"a\":[null]}\n", "attributes.jsonl:2: expected lists of texts")]
    [InlineData("{}\n{\"a\":[\"x\"],\"a\":[\"y\"]}\n", "attributes.jsonl:2: expected lists of texts")]
    [InlineData("{\n{}\n", "attributes.jsonl:1: expected lists of texts")]
    [InlineData("{}\n", "attributes.jsonl: expected 2 lines, found 1;")]
    [InlineData("{}\n{}\n{}\n", "attributes.jsonl: expected 2 lines, found more;")]
    public void Wrong_lines_are_refused_by_their_number(string text, string expected) =>
        Should.Throw<InputException>(() => AttributesFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "attributes.jsonl", 2)).Message.ShouldStartWith(expected);

    [Fact]
    public void A_damaged_file_is_told_by_its_hash_and_attributes_of_other_items_are_refused()
    {
        SavedModel plain = TestModels.Random();
        ModelFolder.Save(_folder["m"], new SavedModel(plain.Model, plain.Users, plain.Items, plain.Titles, plain.Ratings, plain.Description)
        {
            Attributes = ItemAttributes.Of(9, [(0, "genre", "Drama")]),
        });
        File.WriteAllText(_folder["m/attributes.jsonl"], File.ReadAllText(_folder["m/attributes.jsonl"]).Replace("Drama", "Krimi", StringComparison.Ordinal));
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldContain("attributes.jsonl");
        Should.Throw<ArgumentException>(() => new SavedModel(plain.Model, plain.Users, plain.Items, plain.Titles, plain.Ratings, plain.Description)
        {
            Attributes = ItemAttributes.Of(8, [(0, "genre", "Drama")]),
        }).Message.ShouldContain("expected 9 items with attributes, found 8");
    }
}
