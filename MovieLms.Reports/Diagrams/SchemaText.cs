using System.Text;

namespace MovieLms.Reports.Diagrams;

/// <summary>
/// The diagrams as Mermaid text: an <c>erDiagram</c> (https://mermaid.js.org/syntax/entityRelationshipDiagram.html) in crow's foot
/// notation, and a flowchart in Chen's notation, for which Mermaid has no diagram type.
/// </summary>
public static class SchemaText
{
    /// <summary>Returns a diagram in crow's foot notation.</summary>
    public static string RenderCrowsFoot(Schema schema)
    {
        var text = new StringBuilder("erDiagram\n");
        foreach (var relation in schema.Relations)
        {
            var parent =
                relation.IsMany ? "}o"
                : relation.IsOptional ? "|o"
                : "||";
            var child = relation.IsSingle ? "o|" : "o{";
            text.Append("    ")
                .Append(relation.Parent)
                .Append(' ')
                .Append(parent)
                .Append(relation.Cascades ? "--" : "..")
                .Append(child)
                .Append(' ')
                .Append(relation.Child)
                .Append(" : \"")
                .Append(relation.Field)
                .Append("\"\n");
        }
        foreach (var entity in schema.Entities)
        {
            text.Append("    ").Append(entity.Name).Append(" {\n");
            foreach (var field in entity.Fields)
            {
                text.Append("        ").Append(field.Type).Append(' ').Append(field.Path.Replace('.', '_'));
                string?[] keys = [field.IsKey ? "PK" : null, field.IsReference ? "FK" : null, field.IsUnique ? "UK" : null];
                if (keys.Any(key => key is not null))
                    text.Append(' ').AppendJoin(", ", keys.Where(key => key is not null));
                // Mermaid does not allow dots in names, so the comment contains the path.
                if (field.Path.Contains('.', StringComparison.Ordinal))
                    text.Append(" \"").Append(field.Path).Append('"');
                text.Append('\n');
            }
            text.Append("    }\n");
        }
        return text.ToString();
    }

    /// <summary>Returns a diagram in Chen's notation, with underlined keys.</summary>
    public static string RenderChen(Schema schema)
    {
        var text = new StringBuilder("flowchart LR\n");
        foreach (var entity in schema.Entities)
        {
            text.Append("    ")
                .Append(entity.Name)
                .Append(entity.IsJunction ? "{{" : "[")
                .Append('"')
                .Append(entity.Name)
                .Append('"')
                .Append(entity.IsJunction ? "}}" : "]")
                .Append('\n');
            foreach (var field in entity.Fields)
            {
                var id = $"{entity.Name}__{field.Path.Replace('.', '_')}";
                var owner = field.Path.LastIndexOf('.') is > 0 and var dot
                    ? $"{entity.Name}__{field.Path[..dot].Replace('.', '_')}"
                    : entity.Name;
                var label = field.IsKey ? $"<u>{field.Path}</u>" : field.Path;
                text.Append("    ")
                    .Append(id)
                    .Append("([\"")
                    .Append(label)
                    .Append("\"])\n    ")
                    .Append(owner)
                    .Append(" --- ")
                    .Append(id)
                    .Append('\n');
            }
        }
        foreach (var relation in schema.Relations)
        {
            var id = $"{relation.Child}_to_{relation.Parent}_by_{relation.Field.Replace('.', '_')}";
            text.Append("    ")
                .Append(id)
                .Append("{\"")
                .Append(relation.Field)
                .Append("\"}\n    ")
                .Append(relation.Parent)
                .Append(relation.IsMany ? " ---|N| " : " ---|1| ")
                .Append(id)
                .Append("\n    ")
                .Append(id)
                .Append(relation.IsSingle ? " ---|1| " : " ---|N| ")
                .Append(relation.Child)
                .Append('\n');
        }
        return text.ToString();
    }
}
