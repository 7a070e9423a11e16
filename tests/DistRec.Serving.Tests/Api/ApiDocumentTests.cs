using System.Text.Json;

namespace DistRec.Serving.Tests.Api;

public sealed class ApiDocumentTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task The_document_that_is_served_is_the_one_that_is_committed()
    {
        JsonElement served = await server.GetAsync("/openapi/v1.json");
        string path = Path.Combine(AppContext.BaseDirectory, "openapi.json");
        string text = JsonSerializer.Serialize(served, Indented) + "\n";
        string committed = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path + ".served", text);

        text.ShouldBe(committed, $"if the API was meant to change, copy {path}.served to docs/openapi.json");
    }

    [Fact]
    public async Task Every_operation_has_a_name_and_says_in_a_sentence_what_it_does()
    {
        JsonElement document = await server.GetAsync("/openapi/v1.json");
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        List<string> names = [];
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                names.Add(operation.Value.GetProperty("operationId").GetString()!);
                operation.Value.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty($"{operation.Name} {path.Name}");
            }
        }

        names.ShouldBeUnique();
        names.Count.ShouldBeGreaterThan(8);
    }
}
