export const LANGUAGES = [
  { id: "curl", name: "curl" },
  { id: "javascript", name: "JavaScript" },
  { id: "python", name: "Python" },
  { id: "go", name: "Go" },
] as const;
export type Language = (typeof LANGUAGES)[number]["id"];

/** A program that calls the API with the token of the environment and shows the answer, with nothing to install. */
export function quickStart(language: Language, origin: string): string {
  return EXAMPLES[language](`${origin}/v4/account/api-keys/allowed-permissions`);
}

const EXAMPLES: Record<Language, (url: string) => string> = {
  curl: (url) => `curl --fail-with-body \\
  -H "Authorization: Bearer $LATCHKEY_TOKEN" \\
  ${url}`,

  javascript: (url) => `const response = await fetch("${url}", {
  headers: { authorization: \`Bearer \${process.env.LATCHKEY_TOKEN}\` },
});
if (!response.ok) throw new Error(\`\${response.status}: \${await response.text()}\`);
console.log(await response.json());`,

  python: (url) => `import json
import os
import urllib.request

request = urllib.request.Request(
    "${url}",
    headers={"Authorization": f"Bearer {os.environ['LATCHKEY_TOKEN']}"},
)
with urllib.request.urlopen(request, timeout=10) as response:
    print(json.load(response))`,

  go: (url) => `package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	request, err := http.NewRequest("GET", "${url}", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("LATCHKEY_TOKEN"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, string(body))
}`,
};
